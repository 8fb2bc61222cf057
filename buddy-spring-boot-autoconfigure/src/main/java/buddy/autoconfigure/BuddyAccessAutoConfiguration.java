package buddy.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;

import buddy.web.AccessConfiguration;
import buddy.web.AccessSettings;
import buddy.web.WebSettings;
import buddy.workflow.WorkflowRegistry;

/**
 * Auto-configuration of access control for the routes, MCP endpoints and buddy's actuator
 * endpoint in a Spring MVC application.
 */
@AutoConfiguration(after = { BuddyAutoConfiguration.class, BuddyWebAutoConfiguration.class })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, RouterFunction.class, FilterRegistrationBean.class })
@ConditionalOnBean(WorkflowRegistry.class)
@EnableConfigurationProperties(BuddyWebProperties.class)
@Import(AccessConfiguration.class)
public final class BuddyAccessAutoConfiguration {

	@Bean
	AccessSettings buddyAccessSettings(ObjectProvider<WebSettings> settings, BuddyWebProperties properties) {
		return new AccessSettings(settings.getIfAvailable(properties::settings));
	}

}
