package buddy.web;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Problem details for buddy's exceptions in the application's own controllers.
 */
@Configuration(proxyBeanMethods = false)
public class WorkflowWebProblemConfiguration {

	@Bean
	HandlerExceptionResolver buddyProblemDetailExceptionResolver() {
		return new ProblemDetailExceptionResolver();
	}

}
