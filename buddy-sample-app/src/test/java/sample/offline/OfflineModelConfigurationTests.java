package sample.offline;

import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.model.openai.autoconfigure.OpenAiAudioSpeechAutoConfiguration;
import org.springframework.ai.model.openai.autoconfigure.OpenAiAudioTranscriptionAutoConfiguration;
import org.springframework.ai.model.openai.autoconfigure.OpenAiChatAutoConfiguration;
import org.springframework.ai.model.openai.autoconfigure.OpenAiChatProperties;
import org.springframework.ai.model.openai.autoconfigure.OpenAiCommonProperties;
import org.springframework.ai.model.openai.autoconfigure.OpenAiEmbeddingAutoConfiguration;
import org.springframework.ai.model.openai.autoconfigure.OpenAiImageAutoConfiguration;
import org.springframework.ai.model.openai.autoconfigure.OpenAiModerationAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.retry.autoconfigure.SpringAiRetryAutoConfiguration;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts Spring AI's auto-configurations with the sample's own settings. Arguments win
 * over the variables of the machine that runs the tests.
 */
class OfflineModelConfigurationTests {

	@Test
	void offlineModelIsTheOnlyOneWithoutKey() {
		start((context) -> {
			assertThat(context.getBeanProvider(ChatModel.class)).singleElement().isInstanceOf(OfflineChatModel.class);
			assertThat(context.getBean(ChatModel.class).call("What is coffee?")).contains("(source: Coffee)");
		}, "--OPENAI_API_KEY=");
	}

	@Test
	void keyAloneGivesTheModelOfTheProvider() {
		start((context) -> {
			assertThat(context.getBeanProvider(ChatModel.class)).singleElement().isInstanceOf(OpenAiChatModel.class);
			assertThat(context.getBeanProvider(PassageIndex.class)).isEmpty();
			assertThat(context.getBean(OpenAiCommonProperties.class).getApiKey()).isEqualTo("test-key");
			assertThat(context.getBean(OpenAiCommonProperties.class).getBaseUrl())
				.isEqualTo("https://api.openai.com/v1");
			assertThat(context.getBean(OpenAiChatProperties.class).getModel()).isEqualTo("gpt-5-mini");
		}, "--OPENAI_API_KEY=test-key");
	}

	@Test
	void keyLeavesOtherProfilesActive() {
		start((context) -> assertThat(context.getEnvironment().getActiveProfiles()).containsExactlyInAnyOrder("openai",
				"other"), "--OPENAI_API_KEY=test-key", "--spring.profiles.active=other");
	}

	@Test
	void profileAloneGivesTheModelOfACompatibleServerThatWantsNoKey() {
		start((context) -> {
			assertThat(context.getBeanProvider(ChatModel.class)).singleElement().isInstanceOf(OpenAiChatModel.class);
			assertThat(context.getBean(OpenAiCommonProperties.class).getApiKey()).isEqualTo("no-key");
			assertThat(context.getBean(OpenAiCommonProperties.class).getBaseUrl())
				.isEqualTo("http://localhost:11434/v1");
			assertThat(context.getBean(OpenAiChatModel.class).getOptions().getModel()).isEqualTo("llama");
		}, "--spring.profiles.active=openai", "--OPENAI_BASE_URL=http://localhost:11434/v1", "--OPENAI_MODEL=llama");
	}

	@Test
	void emptyKeyCountsAsNoneForACompatibleServerToo() {
		start((context) -> assertThat(context.getBeanProvider(ChatModel.class)).singleElement()
			.isInstanceOf(OpenAiChatModel.class), "--spring.profiles.active=openai", "--OPENAI_API_KEY=",
				"--OPENAI_BASE_URL=http://localhost:11434/v1");
	}

	private static void start(Consumer<ConfigurableApplicationContext> test, String... arguments) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.run(arguments)) {
			test.accept(context);
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@Import(OfflineModelConfiguration.class)
	@ImportAutoConfiguration({ OpenAiChatAutoConfiguration.class, OpenAiEmbeddingAutoConfiguration.class,
			OpenAiImageAutoConfiguration.class, OpenAiAudioSpeechAutoConfiguration.class,
			OpenAiAudioTranscriptionAutoConfiguration.class, OpenAiModerationAutoConfiguration.class,
			ToolCallingAutoConfiguration.class, SpringAiRetryAutoConfiguration.class })
	static class Application {

	}

}
