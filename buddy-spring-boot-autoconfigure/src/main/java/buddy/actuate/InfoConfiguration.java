package buddy.actuate;

import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.workflow.WorkflowRegistry;

/**
 * The info contribution of buddy.
 */
@Configuration(proxyBeanMethods = false)
public class InfoConfiguration {

	@Bean
	InfoContributor buddyInfoContributor(WorkflowRegistry workflows) {
		return new BuddyInfoContributor(workflows);
	}

}
