package buddy.web;

import org.apache.catalina.valves.ValveBase;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What an embedded Tomcat needs so that refused requests cost little. Jetty closes such
 * connections by itself.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ ConfigurableTomcatWebServerFactory.class, ValveBase.class })
class TomcatConfiguration {

	@Bean
	WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> buddyUnreadBodies() {
		// around the host, whose error pages would replace the answer
		return (factory) -> factory.addEngineValves(new UnreadBodyValve());
	}

}
