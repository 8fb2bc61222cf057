package buddy.test.slice;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the scan of a slice leaves out.
 */
@Configuration(proxyBeanMethods = false)
class OtherConfiguration {

	@Bean
	String somethingOfTheApplication() {
		return "left out";
	}

}
