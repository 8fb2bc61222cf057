package buddy.agent;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import buddy.agent.AgentTests.City;
import buddy.agent.AgentTests.Weather;
import buddy.json.internal.Json;
import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunStatus;
import buddy.run.ToolExecution;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What is recorded of answers that are cut, refused, of the wrong form or never come, in
 * OpenAI's wire format.
 */
@Timeout(120)
class AnswerRecordTests {

	private static final String CITY = "{\"name\":\"Tokyo\",\"population\":37000000}";

	@RegisterExtension
	static final WireMockExtension openAi = WireMockExtension.newInstance()
		.options(WireMockConfiguration.wireMockConfig().dynamicPort())
		.build();

	private final FakeRunContext run = new FakeRunContext();

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void toolThatRanBeforeTheModelRefusedIsRecorded(boolean stream) {
		answers(toolCall(stream), aResponse().withStatus(400).withBody("{\"error\":{\"message\":\"too long\"}}"));

		assertThatThrownBy(() -> ask(stream, agents().named("a").tools(new Weather()).build()))
			.hasMessageContaining("400: too long");

		RunResponse done = onlyRecorded();
		assertThat(done.status()).isEqualTo(RunStatus.ERROR);
		assertThat(done.tools()).extracting(ToolExecution::toolName, ToolExecution::result)
			.containsExactly(tuple("weather", "\"sunny in Tokyo, run run-1\""));
		assertThat(done.messages()).extracting(Message::role).containsExactly("user", "assistant", "tool");
		assertThat(done.metrics()).containsEntry("total_tokens", List.of(18, 0));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void answersThatDoNotFitAreRecordedAndAskedForAgainOnce(boolean stream) {
		answers(text(stream, "I like it.", "stop"), text(stream, "Very much.", "stop"));

		assertThatExceptionOfType(AgentAnswerException.class)
			.isThrownBy(() -> ask(stream, agents().named("a").answerType(City.class).build()))
			.satisfies((ex) -> assertThat(ex.answer()).isEqualTo("Very much."));

		RunResponse done = onlyRecorded();
		assertThat(done.messages()).extracting(Message::role)
			.containsExactly("system", "user", "assistant", "user", "assistant");
		assertThat(done.messages()).extracting(Message::content).contains("I like it.", "Very much.");
		assertThat(done.metrics()).containsEntry("total_tokens", List.of(18, 18))
			.containsEntry("answer_retries", List.of(1));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void secondAnswerThatFitsIsTheResultAndTheHistory(boolean stream) {
		answers(text(stream, "I like it.", "stop"), text(stream, CITY, "stop"), text(stream, CITY, "stop"));
		Agent agent = agents().named("a").answerType(City.class).history(3).build();

		ask(stream, agent);
		assertThat(onlyRecorded().content()).isEqualTo(new City("Tokyo", 37_000_000));
		ask(stream, agent);

		assertThat(OpenAiWireTests.said(requests().get(1))).hasSize(4)
			.contains("user: ?", "assistant: I like it.")
			.last()
			.asString()
			.startsWith("user: That answer could not be read");
		assertThat(OpenAiWireTests.said(requests().get(2)).subList(1, 4)).containsExactly("user: ?",
				"assistant: " + CITY, "user: ?");
	}

	@Test
	void noRetryIsMadeWhereNoneIsWanted() {
		answers(text(false, "I like it.", "stop"));

		assertThatExceptionOfType(AgentAnswerException.class)
			.isThrownBy(() -> ask(false, agents().named("a").answerType(City.class).answerRetries(0).build()));
		assertThat(requests()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "false, length", "true, length", "false, content_filter", "true, content_filter" })
	void finishReasonIsKeptWithTheText(boolean stream, String reason) {
		answers(text(stream, "Fusion joi", reason));

		RunResponseEvent last = ask(stream, agents().named("a").build());

		assertThat(onlyRecorded().content()).isEqualTo("Fusion joi");
		assertThat(onlyRecorded().finishReason()).isEqualTo(reason);
		assertThat(onlyRecorded().messages().get(1).additional()).containsEntry("finish_reason", reason);
		assertThat(last.toMap()).containsEntry("event", "RunCompleted").containsEntry("finish_reason", reason);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void typedAnswerThatIsCutSaysSoAndIsNotAskedForAgain(boolean stream) {
		answers(text(stream, "{\"name\":\"Tok", "length"));

		assertThatExceptionOfType(AgentAnswerException.class)
			.isThrownBy(() -> ask(stream, agents().named("a").answerType(City.class).build()))
			.withMessageContaining("truncated at its length limit (finish reason 'length')")
			.satisfies((ex) -> assertThat(ex.finishReason()).isEqualTo("length"));
		assertThat(requests()).hasSize(1);
		assertThat(onlyRecorded().finishReason()).isEqualTo("length");
	}

	@Test
	void refusalIsTheAnswerAndItsReason() {
		answers(okJson(OpenAiWireTests.completion("null", "null", "stop")
			.replace("\"refusal\":null", "\"refusal\":\"I cannot.\"")));

		ask(false, agents().named("a").build());

		assertThat(onlyRecorded().content()).isEqualTo("I cannot.");
		assertThat(onlyRecorded().finishReason()).isEqualTo("refusal");
		assertThat(onlyRecorded().messages().get(1).additional()).containsEntry("refusal", "I cannot.");
	}

	@Test
	void streamedRefusalIsTheAnswerAndItsReason() {
		answers(OpenAiWireTests.sse(OpenAiWireTests.chunk("\"refusal\":\"I \"", null),
				OpenAiWireTests.chunk("\"refusal\":\"cannot.\"", null), OpenAiWireTests.chunk("", "stop")));

		ask(true, agents().named("a").build());

		assertThat(onlyRecorded().content()).isEqualTo("I cannot.");
		assertThat(onlyRecorded().finishReason()).isEqualTo("refusal");
	}

	@Test
	void streamWithoutAnEndIsMarked() {
		answers(OpenAiWireTests.sse(OpenAiWireTests.chunk("\"content\":\"Fus\"", null)));

		ask(true, agents().named("a").build());

		assertThat(onlyRecorded().content()).isEqualTo("Fus");
		assertThat(onlyRecorded().finishReason()).isEqualTo("incomplete");
	}

	@Test
	void reasoningOfEveryModelCallIsKeptWholeInAStream() {
		answers(OpenAiWireTests.sse(OpenAiWireTests.chunk("\"reasoning_content\":\"look \"", null),
				OpenAiWireTests.chunk("\"reasoning_content\":\"outside\"", null),
				OpenAiWireTests.chunk("\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\","
						+ "\"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Tokyo\\\"}\"}}]", null),
				OpenAiWireTests.chunk("", "tool_calls")),
				OpenAiWireTests.sse(OpenAiWireTests.chunk("\"reasoning_content\":\"ha\"", null),
						OpenAiWireTests.chunk("\"reasoning_content\":\"ha\"", null),
						OpenAiWireTests.chunk("\"reasoning_content\":\" so\"", null),
						OpenAiWireTests.chunk("\"content\":\"Sunny.\"", null), OpenAiWireTests.chunk("", "stop")));

		List<RunResponseEvent> events = events(agents().named("a").tools(new Weather()).build());

		assertThat(events.stream()
			.filter(RunResponseContent.class::isInstance)
			.map((event) -> ((RunResponseContent) event).reasoningContent())
			.filter((piece) -> piece != null)
			.collect(Collectors.joining())).isEqualTo("look outsidehaha so");
		assertThat(onlyRecorded().reasoningContent()).isEqualTo("look outside\n\nhaha so");
		assertThat(onlyRecorded().messages())
			.extracting(Message::role, (message) -> message.additional().get("reasoning_content"))
			.containsExactly(tuple("user", null), tuple("assistant", "look outside"), tuple("tool", null),
					tuple("assistant", "haha so"));
	}

	@Test
	void characterThatIsSplitOverTwoDeltasComesWhole() {
		answers(OpenAiWireTests.sse(OpenAiWireTests.chunk("\"content\":\"so \\ud83d\"", null),
				OpenAiWireTests.chunk("\"content\":\"\\ude00 far\"", null), OpenAiWireTests.chunk("", "stop")));

		List<RunResponseEvent> events = events(agents().named("a").build());

		assertThat(events).filteredOn(RunResponseContent.class::isInstance)
			.extracting((event) -> ((RunResponseContent) event).content())
			.containsExactly("so ", "\ud83d\ude00 far");
		assertThat(onlyRecorded().content()).isEqualTo("so \ud83d\ude00 far");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void answerWithoutChoicesOrUsageIsEmpty(boolean stream) {
		answers(stream
				? OpenAiWireTests
					.sse("{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
							+ "\"choices\":[],\"usage\":null}")
				: okJson("{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[],"
						+ "\"usage\":null}"));
		Agent agent = agents().named("a").history(3).build();

		ask(stream, agent);
		ask(stream, agent);

		assertThat(this.run.recorded.get(0).metrics()).containsEntry("total_tokens", List.of(0));
		assertThat(OpenAiWireTests.said(requests().get(1))).containsExactly("user: ?");
	}

	@Test
	void blockingCallPublishesTheEventsOfAStreamedOne() {
		answers(toolCall(false), text(false, "Sunny.", "stop"));

		ask(false, agents().named("a").tools(new Weather()).build());

		assertThat(this.run.published).extracting(RunResponseEvent::event)
			.containsExactly("RunStarted", "ToolCallStarted", "ToolCallCompleted", "RunResponseContent",
					"RunCompleted");
		assertThat(this.run.published.get(3)).isInstanceOfSatisfying(RunResponseContent.class,
				(piece) -> assertThat(piece.content()).isEqualTo("Sunny."));
	}

	@Test
	void failedBlockingCallPublishesItsError() {
		answers(aResponse().withStatus(400).withBody("{\"error\":{\"message\":\"no\"}}"));

		assertThatThrownBy(() -> ask(false, agents().named("a").build())).hasMessageContaining("400: no");

		assertThat(this.run.published).extracting(RunResponseEvent::event).containsExactly("RunStarted", "RunError");
	}

	/**
	 * Returns the last event, of the stream or of those that a blocking call published.
	 */
	private RunResponseEvent ask(boolean stream, Agent agent) {
		if (stream) {
			return AgentTests.within(this.run, () -> agent.stream("?")).blockLast();
		}
		AgentTests.within(this.run, () -> agent.run("?"));
		return this.run.published.get(this.run.published.size() - 1);
	}

	private List<RunResponseEvent> events(Agent agent) {
		return AgentTests.within(this.run, () -> agent.stream("?")).collectList().block();
	}

	private RunResponse onlyRecorded() {
		assertThat(this.run.recorded).hasSize(1);
		return this.run.recorded.get(0);
	}

	private static Agents agents() {
		return OpenAiWireTests.agents(openAi.baseUrl());
	}

	private static ResponseDefinitionBuilder text(boolean stream, String text, String reason) {
		String json = Json.write(text);
		return stream
				? OpenAiWireTests.sse(OpenAiWireTests.chunk("\"content\":" + json, null),
						OpenAiWireTests.chunk("", reason), OpenAiWireTests.USAGE)
				: okJson(OpenAiWireTests.completion(json, "null", reason));
	}

	private static ResponseDefinitionBuilder toolCall(boolean stream) {
		return stream ? OpenAiWireTests.sse(
				OpenAiWireTests.chunk("\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\","
						+ "\"function\":{\"name\":\"weather\",\"arguments\":\"{\\\"city\\\":\\\"Tokyo\\\"}\"}}]", null),
				OpenAiWireTests.chunk("", "tool_calls"), OpenAiWireTests.USAGE)
				: okJson(OpenAiWireTests.completion("null", OpenAiWireTests.TOOL_CALLS, "tool_calls"));
	}

	private static void answers(ResponseDefinitionBuilder... inTurn) {
		for (int i = 0; i < inTurn.length; i++) {
			openAi.stubFor(post("/v1/chat/completions").inScenario("turns")
				.whenScenarioStateIs((i == 0) ? Scenario.STARTED : String.valueOf(i))
				.willReturn(inTurn[i])
				.willSetStateTo(String.valueOf(Math.min(i + 1, inTurn.length - 1))));
		}
		if (inTurn.length == 1) {
			openAi.stubFor(post("/v1/chat/completions").willReturn(inTurn[0]));
		}
	}

	private static List<JsonNode> requests() {
		List<JsonNode> newestFirst = openAi.getServeEvents()
			.getRequests()
			.stream()
			.map((event) -> Json.readTree(event.getRequest().getBodyAsString()))
			.toList();
		return Stream.iterate(newestFirst.size() - 1, (i) -> i >= 0, (i) -> i - 1).map(newestFirst::get).toList();
	}

}
