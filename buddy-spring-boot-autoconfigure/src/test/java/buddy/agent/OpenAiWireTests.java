package buddy.agent;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import tools.jackson.databind.JsonNode;

import buddy.agent.AgentTests.City;
import buddy.agent.AgentTests.Weather;
import buddy.json.internal.Json;
import buddy.run.Message;
import buddy.run.RunCancelledException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunCompleted;
import buddy.run.RunResponseEvent.RunError;
import buddy.run.RunStatus;
import buddy.run.ToolExecution;
import buddy.run.internal.CancellationSource;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okForContentType;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Agents over the real OpenAI client, against canned answers of its HTTP API.
 */
@Timeout(120)
class OpenAiWireTests {

	private static final String PATH = "/v1/chat/completions";

	@RegisterExtension
	static final WireMockExtension openAi = WireMockExtension.newInstance()
		.options(WireMockConfiguration.wireMockConfig().dynamicPort())
		.build();

	private final FakeRunContext run = new FakeRunContext();

	private Agents agents;

	@BeforeEach
	void connect() {
		this.agents = agents(openAi.baseUrl());
	}

	static Agents agents(String url) {
		return Agents.over(OpenAiChatModel.builder()
			.options(OpenAiChatOptions.builder()
				.baseUrl(url + "/v1")
				.apiKey("test")
				.model("gpt-4o-mini")
				.maxRetries(0)
				.timeout(Duration.ofSeconds(45))
				.build())
			.build());
	}

	@Test
	void callInFlightIsGivenUpWhenTheRunIsCancelled() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Agent agent = agents("http://127.0.0.1:" + silent.getLocalPort()).named("researcher").build();
			CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
			CompletableFuture<RunResponse> response = CompletableFuture.supplyAsync(() -> {
				try {
					return AgentTests.within(this.run, () -> agent.run("What is fusion?"));
				}
				finally {
					interrupted.complete(Thread.currentThread().isInterrupted());
				}
			}, (task) -> new Thread(task).start());
			try (Socket call = silent.accept()) {
				StringBuilder request = new StringBuilder();
				while (request.indexOf("What is fusion?") < 0) { // then the client waits
																	// for the answer
					request.append((char) call.getInputStream().read());
				}

				CancellationSource.of(this.run.cancellation()).cancel("the user left");

				assertThat(response).failsWithin(Duration.ofSeconds(30))
					.withThrowableThat()
					.havingCause()
					.isInstanceOf(RunCancelledException.class)
					.withMessageContaining("the user left");
			}
			assertThat(interrupted.get()).isFalse();
			assertThat(this.run.recorded).singleElement()
				.satisfies((done) -> assertThat(done.messages()).extracting(Message::role, Message::content)
					.containsExactly(tuple("user", "What is fusion?"), tuple("assistant", "")));
		}
	}

	@Test
	void plainCall() {
		answer(okJson(completion("\"Fusion joins nuclei.\"", "null", "stop")));

		RunResponse response = this.agents.named("researcher").instructions("Be brief.").build().run("What is fusion?");

		assertThat(response.content()).isEqualTo("Fusion joins nuclei.");
		assertThat(response.model()).isEqualTo("gpt-4o-mini");
		assertThat(response.modelProvider()).isEqualTo("OpenAI");
		assertThat(response.metrics()).containsEntry("input_tokens", List.of(11))
			.containsEntry("output_tokens", List.of(7))
			.containsEntry("total_tokens", List.of(18));
		JsonNode request = requests().get(0);
		assertThat(request.get("model").asString()).isEqualTo("gpt-4o-mini");
		assertThat(request.has("tools")).isFalse();
		assertThat(said(request)).containsExactly("system: Be brief.", "user: What is fusion?");
	}

	@Test
	void modelAndOptionsAreSent() {
		answer(okJson(completion("\"hi\"", "null", "stop")));

		this.agents.named("a")
			.model("gpt-4o")
			.options(OpenAiChatOptions.builder().temperature(0.2).build())
			.build()
			.run("hello");

		assertThat(requests().get(0).get("model").asString()).isEqualTo("gpt-4o");
		assertThat(requests().get(0).get("temperature").asDouble()).isEqualTo(0.2);
	}

	@Test
	void structuredAnswer() {
		answer(okJson(completion("\"{\\\"name\\\":\\\"Tokyo\\\",\\\"population\\\":37000000}\"", "null", "stop")));

		RunResponse response = this.agents.named("a").answerType(City.class).build().run("Tokyo?");

		assertThat(response.content()).isEqualTo(new City("Tokyo", 37_000_000));
		assertThat(said(requests().get(0)).get(0)).startsWith("system: ").contains("population");
	}

	@Test
	void toolCallTakesTwoRequests() {
		answerInTurn(okJson(completion("null", TOOL_CALLS, "tool_calls")),
				okJson(completion("\"It is sunny.\"", "null", "stop")));

		RunResponse response = this.agents.named("a").tools(new Weather()).build().run("Weather in Tokyo?");

		assertThat(response.content()).isEqualTo("It is sunny.");
		assertThat(response.tools()).extracting(ToolExecution::toolCallId, ToolExecution::result)
			.containsExactly(tuple("call_1", "\"sunny in Tokyo\""));
		assertThat(response.metrics()).containsEntry("total_tokens", List.of(18, 18));
		List<JsonNode> requests = requests();
		assertThat(requests).hasSize(2);
		assertThat(requests.get(0).get("tools").values().stream().map((tool) -> tool.at("/function/name").asString()))
			.contains("weather");
		assertThat(said(requests.get(1))).containsExactly("user: Weather in Tokyo?", "assistant: call_1",
				"tool: \"sunny in Tokyo\"");
		assertThat(requests.get(1).at("/messages/2/tool_call_id").asString()).isEqualTo("call_1");
	}

	@Test
	void historyOfTheFirstRunIsInTheSecondRequest() {
		answer(okJson(completion("\"Hello Ann.\"", "null", "stop")));
		Agent agent = this.agents.named("a").instructions("Be kind.").history(5).build();

		AgentTests.within(this.run, () -> agent.run("I am Ann."));
		AgentTests.within(this.run, () -> agent.run("Who am I?"));

		assertThat(said(requests().get(1))).containsExactly("system: Be kind.", "user: I am Ann.",
				"assistant: Hello Ann.", "user: Who am I?");
	}

	@Test
	void streamGivesDeltasAndUsage() {
		answer(sse(chunk("\"role\":\"assistant\",\"content\":\"\"", null), chunk("\"content\":\"Fusion \"", null),
				chunk("\"content\":\"joins \"", null), chunk("\"content\":\"nuclei.\"", null), chunk("", "stop"),
				USAGE));

		List<RunResponseEvent> events = AgentTests.within(this.run, () -> this.agents.named("a").build().stream("?"))
			.collectList()
			.block();

		assertThat(events).extracting(RunResponseEvent::event)
			.containsExactly("RunStarted", "RunResponseContent", "RunResponseContent", "RunResponseContent",
					"RunCompleted");
		assertThat(events.get(4)).isInstanceOfSatisfying(RunCompleted.class,
				(completed) -> assertThat(completed.content()).isEqualTo("Fusion joins nuclei."));
		assertThat(this.run.recorded.get(0).metrics()).containsEntry("input_tokens", List.of(11))
			.containsEntry("total_tokens", List.of(18));
		JsonNode request = requests().get(0);
		assertThat(request.get("stream").asBoolean()).isTrue();
		assertThat(request.at("/stream_options/include_usage").asBoolean()).isTrue();
	}

	@Test
	void streamWithAToolCall() {
		answerInTurn(sse(
				chunk("\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":"
						+ "\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}]", null),
				chunk("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}]", null),
				chunk("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"Tokyo\\\"}\"}}]", null),
				chunk("", "tool_calls"), USAGE), sse(chunk("\"content\":\"Sunny.\"", null), chunk("", "stop"), USAGE));

		List<RunResponseEvent> events = AgentTests
			.within(this.run, () -> this.agents.named("a").tools(new Weather()).build().stream("Weather in Tokyo?"))
			.collectList()
			.block();

		assertThat(events).extracting(RunResponseEvent::event)
			.containsExactly("RunStarted", "ToolCallStarted", "ToolCallCompleted", "RunResponseContent",
					"RunCompleted");
		assertThat(this.run.recorded.get(0).tools()).extracting(ToolExecution::toolCallId, ToolExecution::result)
			.containsExactly(tuple("call_1", "\"sunny in Tokyo, run run-1\""));
		assertThat(this.run.recorded.get(0).metrics()).containsEntry("total_tokens", List.of(18, 18));
		assertThat(said(requests().get(1))).containsExactly("user: Weather in Tokyo?", "assistant: call_1",
				"tool: \"sunny in Tokyo, run run-1\"");
	}

	@Test
	void serverErrorReachesTheCaller() {
		answer(aResponse().withStatus(500).withBody("{\"error\":{\"message\":\"boom\"}}"));
		Agent agent = this.agents.named("a").build();

		assertThatThrownBy(() -> agent.run("?")).hasToString("com.openai.errors.InternalServerException: 500: boom");
		assertStreamFails(agent);
	}

	@Test
	void rateLimitReachesTheCaller() {
		answer(aResponse().withStatus(429).withBody("{\"error\":{\"message\":\"slow down\"}}"));
		Agent agent = this.agents.named("a").build();

		assertThatThrownBy(() -> agent.run("?")).hasToString("com.openai.errors.RateLimitException: 429: slow down");
		assertStreamFails(agent);
	}

	@Test
	void garbageReachesTheCallerAsAnError() {
		answer(okJson("<html>not json</html>"));

		assertOpenAiException(() -> this.agents.named("a").build().run("?"));
	}

	@Test
	void garbageInAStreamReachesTheCallerAsAnError() {
		answer(okForContentType("text/event-stream", "data: <html>\n\n"));

		assertStreamFails(this.agents.named("a").build());
	}

	@Test
	void droppedConnectionReachesTheCaller() {
		answer(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
		Agent agent = this.agents.named("a").build();

		assertOpenAiException(() -> agent.run("?"));
		assertStreamFails(agent);
	}

	@Test
	void connectionThatDropsInMidStreamReachesTheCaller() {
		answer(aResponse().withStatus(200).withFault(Fault.MALFORMED_RESPONSE_CHUNK));

		assertStreamFails(this.agents.named("a").build());
	}

	/** Its types are not on the compile class path. */
	private static void assertOpenAiException(ThrowingCallable call) {
		assertThatThrownBy(call)
			.satisfies((ex) -> assertThat(ex.getClass().getName()).startsWith("com.openai.errors.OpenAI"));
	}

	private void assertStreamFails(Agent agent) {
		List<RunResponseEvent> events = new ArrayList<>();
		Throwable[] failure = new Throwable[1];
		AgentTests.within(this.run, () -> agent.stream("?"))
			.doOnNext(events::add)
			.doOnError((ex) -> failure[0] = ex)
			.onErrorComplete()
			.blockLast();
		assertThat(failure[0]).isNotNull();
		assertThat(events.get(0)).isInstanceOf(RunResponseEvent.RunStarted.class);
		assertThat(events.get(events.size() - 1)).isInstanceOfSatisfying(RunError.class,
				(error) -> assertThat(error.content()).isNotNull());
		assertThat(this.run.recorded).singleElement().satisfies((response) -> {
			assertThat(response.status()).isEqualTo(RunStatus.ERROR);
			assertThat(response.messages()).extracting(Message::content).startsWith("?");
		});
	}

	private static void answer(ResponseDefinitionBuilder response) {
		openAi.stubFor(post(PATH).willReturn(response));
	}

	private static void answerInTurn(ResponseDefinitionBuilder first, ResponseDefinitionBuilder second) {
		openAi.stubFor(post(PATH).inScenario("turns")
			.whenScenarioStateIs(Scenario.STARTED)
			.willReturn(first)
			.willSetStateTo("2"));
		openAi.stubFor(post(PATH).inScenario("turns").whenScenarioStateIs("2").willReturn(second));
	}

	private static List<JsonNode> requests() {
		List<JsonNode> requests = new ArrayList<>();
		openAi.getServeEvents()
			.getRequests()
			.forEach((event) -> requests.add(0, Json.readTree(event.getRequest().getBodyAsString())));
		return requests;
	}

	static List<String> said(JsonNode request) {
		return request.get("messages")
			.values()
			.stream()
			.map((message) -> message.get("role").asString() + ": "
					+ (message.has("tool_calls") ? message.at("/tool_calls/0/id").asString()
							: message.get("content").asString()))
			.toList();
	}

	static final String TOOL_CALLS = """
			[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Tokyo\\"}"}}]""";

	static final String USAGE = """
			{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],\
			"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}""";

	static String completion(String content, String toolCalls, String finishReason) {
		return """
				{"id":"c","object":"chat.completion","created":1,"model":"gpt-4o-mini-2024-07-18",
				"choices":[{"index":0,"finish_reason":"%s","logprobs":null,
				"message":{"role":"assistant","content":%s,"refusal":null%s}}],
				"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}""".formatted(finishReason,
				content, toolCalls.equals("null") ? "" : ",\"tool_calls\":" + toolCalls);
	}

	static String chunk(String delta, String finishReason) {
		return """
				{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini",\
				"choices":[{"index":0,"delta":{%s},"finish_reason":%s}]}""".formatted(delta,
				(finishReason != null) ? "\"" + finishReason + "\"" : "null");
	}

	static ResponseDefinitionBuilder sse(String... chunks) {
		String body = Stream.concat(Stream.of(chunks), Stream.of("[DONE]"))
			.map((chunk) -> "data: " + chunk + "\n\n")
			.collect(Collectors.joining());
		return okForContentType("text/event-stream", body);
	}

}
