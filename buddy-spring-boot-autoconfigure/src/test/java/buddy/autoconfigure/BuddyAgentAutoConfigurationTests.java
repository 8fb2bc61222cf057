package buddy.autoconfigure;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.ChatClientBuilderCustomizer;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import buddy.agent.Agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class BuddyAgentAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BuddyAgentAutoConfiguration.class));

	@Test
	void isAnnounced() {
		assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
			.contains(BuddyAgentAutoConfiguration.class.getName());
	}

	@Test
	void backsOffWithoutSpringAi() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.ai"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("agents"));
	}

	@Test
	void agentsOfTheApplicationWin() {
		Agents own = Agents.over(answering("own"));

		this.runner.withBean(Agents.class, () -> own)
			.run((context) -> assertThat(context.getBean(Agents.class)).isSameAs(own));
	}

	@Test
	void onlyChatModelIsAsked() {
		this.runner.withBean("openAiChatModel", ChatModel.class, () -> answering("hi"))
			.run((context) -> assertThat(ask(context.getBean(Agents.class))).isEqualTo("hi"));
	}

	@Test
	void withoutAChatModelTheFirstCallSaysWhatToAdd() {
		this.runner.run((context) -> {
			Agents agents = context.getBean(Agents.class);
			assertThatIllegalStateException().isThrownBy(() -> ask(agents))
				.withMessageContaining("Agent 'a'")
				.withMessageContaining("spring-ai-starter-model-openai");
			assertThatIllegalStateException()
				.isThrownBy(() -> agents.named("a").chatModel("openAiChatModel").build().run("hello"))
				.withMessageContaining("'openAiChatModel'")
				.withMessageContaining("no ChatModel bean");
		});
	}

	@Test
	void withTwoChatModelsAnAgentNamesOne() {
		this.runner.withUserConfiguration(TwoModels.class).run((context) -> {
			Agents agents = context.getBean(Agents.class);
			assertThat(agents.named("a").chatModel("second").build().run("hello").content()).isEqualTo("from second");
			assertThatIllegalStateException().isThrownBy(() -> ask(agents))
				.withMessageContaining("Agent 'a'")
				.withMessageContaining("[first, second]")
				.withMessageContaining("@Primary");
			assertThatIllegalStateException()
				.isThrownBy(() -> agents.named("a").chatModel("third").build().run("hello"))
				.withMessageContaining("'third'")
				.withMessageContaining("[first, second]");
		});
	}

	@Test
	void primaryChatModelIsTheDefault() {
		this.runner.withUserConfiguration(TwoModels.class, PrimaryModel.class)
			.run((context) -> assertThat(ask(context.getBean(Agents.class))).isEqualTo("from primary"));
	}

	@Test
	void customizersOfTheClientApply() {
		this.runner.withBean(ChatModel.class, () -> answering("hi"))
			.withBean(ChatClientBuilderCustomizer.class,
					() -> (ChatClient.Builder builder) -> builder.defaultSystem("House rules."))
			.run((context) -> assertThat(context.getBean(Agents.class).named("a").build().run("hello").messages())
				.extracting("content")
				.containsExactly("House rules.", "hello", "hi"));
	}

	@Test
	void clockOfTheApplicationTellsTheTime() {
		this.runner.withBean(ChatModel.class, () -> answering("hi"))
			.withBean(Clock.class, () -> Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC))
			.run((context) -> assertThat(context.getBean(Agents.class).named("a").build().run("hello").createdAt())
				.isEqualTo(Instant.ofEpochSecond(1_700_000_000)));
	}

	private static Object ask(Agents agents) {
		return agents.named("a").build().run("hello").content();
	}

	private static ChatModel answering(String text) {
		return (prompt) -> new ChatResponse(List.of(new Generation(new AssistantMessage(text))));
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoModels {

		@Bean
		ChatModel first() {
			return answering("from first");
		}

		@Bean
		ChatModel second() {
			return answering("from second");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrimaryModel {

		@Bean
		@Primary
		ChatModel preferred() {
			return answering("from primary");
		}

	}

}
