package sample.workflows;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.agent.Agents;

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
