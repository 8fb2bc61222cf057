package buddy.autoconfigure;

import java.time.Clock;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;

import buddy.agent.Agents;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;
import buddy.test.ScriptedAgents;
import buddy.test.SettableClock;

/**
 * Auto-configuration of the test doubles for {@link buddy.test.WorkflowTest}.
 */
@AutoConfiguration(before = { BuddyAutoConfiguration.class, BuddyAgentAutoConfiguration.class },
		afterName = "buddy.autoconfigure.BuddyJpaAutoConfiguration")
public final class BuddyTestAutoConfiguration {

	@Bean
	@Primary
	@ConditionalOnMissingBean
	SettableClock settableClock() {
		return new SettableClock();
	}

	@Bean
	@ConditionalOnMissingBean(WorkflowSessionRepository.class)
	MapWorkflowSessionRepository workflowTestRepository() {
		return new MapWorkflowSessionRepository();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(EnableMethodSecurity.class)
	@Import(MethodSecurityRegistrar.class)
	static class MethodSecurityConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ChatClient.class)
	static class AgentConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ScriptedAgents scriptedAgents(Clock clock) {
			return new ScriptedAgents(clock);
		}

		@Bean
		@ConditionalOnMissingBean
		Agents agents(ScriptedAgents scriptedAgents) {
			return scriptedAgents.agents();
		}

	}

}
