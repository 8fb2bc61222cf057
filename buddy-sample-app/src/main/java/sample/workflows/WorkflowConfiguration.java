package sample.workflows;

import buddy.agent.Agents;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Declares a workflow as a bean.
 */
@Configuration(proxyBeanMethods = false)
class WorkflowConfiguration {

	@Bean
	ResearchWorkflow researchWorkflow(Agents agents) {
		return new ResearchWorkflow(agents);
	}

}
