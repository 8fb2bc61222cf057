package buddy.budget;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.durable.StepOptions;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.workflow.SettableClock;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

import static com.github.tomakehurst.wiremock.client.WireMock.okForContentType;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;

/**
 * A model behind the wire of OpenAI, of which each request uses 11 + 7 = 18 tokens, and
 * workflows that ask it.
 */
public final class AskedModel {

	private static final WireMockServer server = new WireMockServer(
			WireMockConfiguration.wireMockConfig().dynamicPort());

	/** The time of all applications of a test. */
	public static final SettableClock clock = new SettableClock();

	private static final String PATH = "/v1/chat/completions";

	private AskedModel() {
	}

	/** Begins anew: answers each request with a text. */
	public static void start() {
		if (!server.isRunning()) {
			server.start();
		}
		server.resetAll();
		server.stubFor(post(PATH).willReturn(okJson(answer("\"fine\"", "stop", ""))));
	}

	/** Answers the first request of each agent with the call of a tool. */
	public static void callsToolFirst() {
		server.stubFor(post(PATH).inScenario("tool")
			.whenScenarioStateIs(Scenario.STARTED)
			.willReturn(okJson(answer("null", "tool_calls",
					",\"tool_calls\":[{\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"look\",\"arguments\":\"{}\"}}]")))
			.willSetStateTo("called"));
		server.stubFor(post(PATH).inScenario("tool")
			.whenScenarioStateIs("called")
			.willReturn(okJson(answer("\"looked\"", "stop", "")))
			.willSetStateTo(Scenario.STARTED));
	}

	/** Answers with a stream. */
	public static void streams() {
		server.stubFor(
				post(PATH).willReturn(okForContentType("text/event-stream", chunks("{\"content\":\"fine\"}", "stop"))));
	}

	/** Answers the first request of each agent with a stream that calls a tool. */
	public static void streamsToolFirst() {
		server.stubFor(post(PATH).inScenario("stream")
			.whenScenarioStateIs(Scenario.STARTED)
			.willReturn(okForContentType("text/event-stream", chunks(
					"{\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"look\",\"arguments\":\"{}\"}}]}",
					"tool_calls")))
			.willSetStateTo("called"));
		server.stubFor(post(PATH).inScenario("stream")
			.whenScenarioStateIs("called")
			.willReturn(okForContentType("text/event-stream", chunks("{\"content\":\"looked\"}", "stop")))
			.willSetStateTo(Scenario.STARTED));
	}

	private static String chunks(String delta, String finished) {
		return """
				data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini-2024-07-18",\
				"choices":[{"index":0,"delta":%s,"finish_reason":null}]}

				data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini-2024-07-18",\
				"choices":[{"index":0,"delta":{},"finish_reason":"%s"}],\
				"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}

				data: [DONE]

				""".formatted(delta, finished);
	}

	private static String answer(String content, String finished, String calls) {
		return """
				{"id":"c","object":"chat.completion","created":1,"model":"gpt-4o-mini-2024-07-18",
				"choices":[{"index":0,"finish_reason":"%s","logprobs":null,
				"message":{"role":"assistant","content":%s,"refusal":null%s}}],
				"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}""".formatted(finished, content,
				calls);
	}

	/** Returns how many requests the model has got. */
	public static int requests() {
		return server.countRequestsMatching(WireMock.postRequestedFor(WireMock.urlEqualTo(PATH)).build()).getCount();
	}

	/** Asks the model in several ways. */
	public static class Asking extends Workflow {

		private final Agent plain;

		private final Agent acting;

		Asking(String id, Agents agents) {
			super(WorkflowSettings.builder().workflowId(id).build());
			this.plain = agents.named("plain").build();
			this.acting = agents.named("acting").tools(new Tools()).build();
		}

		public RunResponse run(String how) {
			for (String one : how.split(" ")) {
				switch (one) {
					case "call" -> this.plain.run("?");
					case "tool" -> this.acting.run("?");
					case "step" -> step("one", StepOptions.defaults().attempts(3), () -> {
						this.plain.run("?");
						return "done";
					});
					case "caught" -> {
						try {
							this.plain.run("?");
						}
						catch (RuntimeException ex) {
							this.plain.run("again?");
						}
					}
					case "wait" -> awaitInput("go", String.class);
					default -> parallel(one, List.of(1, 2), (number) -> this.plain.run("?").contentAsString());
				}
			}
			return RunResponse.of("done");
		}

	}

	/** Calls another workflow, and the model itself. */
	public static class Calling extends Workflow {

		private final Asking called;

		private final Agent plain;

		Calling(String id, Asking called, Agents agents) {
			super(WorkflowSettings.builder().workflowId(id).build());
			this.called = called;
			this.plain = agents.named("plain").build();
		}

		public RunResponse run() {
			this.called.run("call");
			return this.plain.run("?");
		}

	}

	/** Streams the model's answer. */
	public static class Streaming extends Workflow {

		private final Agent acting;

		Streaming(String id, Agents agents) {
			super(WorkflowSettings.builder().workflowId(id).build());
			this.acting = agents.named("acting").tools(new Tools()).build();
		}

		public Flux<RunResponseEvent> run() {
			return this.acting.stream("?");
		}

	}

	static final class Tools {

		@Tool
		String look() {
			return "seen";
		}

	}

	/** An application of all of them. */
	@Configuration(proxyBeanMethods = false)
	public static class Workflows {

		@Bean
		Clock clock() {
			return AskedModel.clock;
		}

		@Bean
		ChatModel chatModel() {
			return OpenAiChatModel.builder()
				.options(OpenAiChatOptions.builder()
					.baseUrl(server.baseUrl() + "/v1")
					.apiKey("test")
					.model("gpt-4o-mini")
					.maxRetries(0)
					.timeout(Duration.ofSeconds(60))
					.build())
				.build();
		}

		@Bean
		Asking limited(Agents agents) {
			return new Asking("limited", agents);
		}

		@Bean
		Asking costly(Agents agents) {
			return new Asking("costly", agents);
		}

		@Bean
		Asking warned(Agents agents) {
			return new Asking("warned", agents);
		}

		@Bean
		Asking asked(Agents agents) {
			return new Asking("asked", agents);
		}

		@Bean
		Asking timed(Agents agents) {
			return new Asking("timed", agents);
		}

		@Bean
		Asking unlimited(Agents agents) {
			return new Asking("unlimited", agents);
		}

		@Bean
		Asking free(Agents agents) {
			return new Asking("free", agents);
		}

		@Bean
		Calling calling(Asking free, Agents agents) {
			return new Calling("calling", free, agents);
		}

		@Bean
		Streaming streaming(Agents agents) {
			return new Streaming("streaming", agents);
		}

	}

}
