package buddy.observability;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunInterceptor;

/**
 * Puts the ids of a run into the MDC.
 */
@Configuration(proxyBeanMethods = false)
public class LogConfiguration {

	@Bean
	RunInterceptor buddyRunLogEntries() {
		return new RunLogEntries();
	}

}
