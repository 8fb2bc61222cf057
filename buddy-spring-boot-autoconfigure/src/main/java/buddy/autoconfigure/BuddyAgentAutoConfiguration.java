package buddy.autoconfigure;

import java.time.Clock;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.ChatClientBuilderCustomizer;
import org.springframework.ai.chat.client.advisor.ToolCallingAdvisor;
import org.springframework.ai.chat.client.advisor.observation.AdvisorObservationConvention;
import org.springframework.ai.chat.client.observation.ChatClientObservationConvention;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import buddy.agent.AgentInterceptor;
import buddy.agent.Agents;
import buddy.agent.ChatModels;
import buddy.agent.ModelCallGuard;
import buddy.agent.ToolCallGuard;
import buddy.confirmation.ConfirmedTools;

/**
 * Auto-configuration of {@link Agents} over the application's Spring AI chat models.
 *
 * <p>
 * It does not require a chat model. An agent without one reports what to add when it is
 * first called.
 */
@AutoConfiguration(afterName = "org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration")
@ConditionalOnClass(ChatClient.class)
@EnableConfigurationProperties(BuddyAgentProperties.class)
public final class BuddyAgentAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Agents agents(ListableBeanFactory beans, ObjectProvider<ChatModel> chatModel, ObjectProvider<Clock> clock,
			ObjectProvider<AgentInterceptor> interceptors, ObjectProvider<ModelCallGuard> guard,
			ObjectProvider<ToolCallGuard> toolGuards, Environment environment) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-agent-");
		executor.setDaemon(true);
		executor.setVirtualThreads(Threading.VIRTUAL.isActive(environment));
		ChatModels chatModels = new ChatModels(() -> beans.getBeansOfType(ChatModel.class), chatModel::getIfUnique);
		return new Agents(chatModels, (model) -> chatClientBuilder(beans, model), clock.getIfUnique(Clock::systemUTC),
				executor, () -> interceptors.orderedStream().toList(), guard::getIfUnique,
				() -> toolGuards.orderedStream().toList());
	}

	/** Also where no tool has to be confirmed: runs may have asked before. */
	@Bean
	ToolCallGuard confirmedTools(BuddyAgentProperties properties) {
		BuddyAgentProperties.Confirmation confirmation = properties.confirmation();
		return new ConfirmedTools(confirmation.tools(), confirmation.role(), confirmation.expiresIn());
	}

	/**
	 * Does the same as Spring AI's auto-configuration for its builder bean, which
	 * supports one chat model only.
	 */
	private static ChatClient.Builder chatClientBuilder(ListableBeanFactory beans, ChatModel model) {
		ObjectProvider<ToolCallingAdvisor.Builder<?>> toolCalling = beans
			.getBeanProvider(ParameterizedTypeReference.forType(ToolCallingAdvisor.Builder.class));
		ChatClient.Builder builder = ChatClient.builder(model,
				beans.getBeanProvider(ObservationRegistry.class).getIfUnique(() -> ObservationRegistry.NOOP),
				beans.getBeanProvider(ChatClientObservationConvention.class).getIfUnique(),
				beans.getBeanProvider(AdvisorObservationConvention.class).getIfUnique(), toolCalling.getIfAvailable());
		beans.getBeanProvider(ChatClientBuilderCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(builder));
		return builder;
	}

}
