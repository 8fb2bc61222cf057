package buddy.agent;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.tool.annotation.Tool;
import reactor.core.publisher.Flux;

import buddy.agent.AgentTests.Weather;
import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.ToolExecution;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What providers give that is not as OpenAI's.
 */
class ModelAnswerTests {

	private final ScriptedChatModel model = new ScriptedChatModel();

	private final FakeRunContext run = new FakeRunContext();

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = { "ha|ha| so|haha so",
			"ha|haha| so|hahaha so", "ha|haha|haha so|haha so", "a|b|b|abb", "no|no|no|nonono",
			"I think of it at length|I think of it at length and|I think of it at length and|I think of it at length and" })
	void reasoningInPiecesOrSoFarLosesNothing(String first, String second, String third, String whole) {
		ModelAnswer answer = new ModelAnswer(true);
		ReasoningText told = new ReasoningText();
		StringBuilder pieces = new StringBuilder();
		for (String piece : List.of(first, second, third)) {
			answer.add(response(thinking("", piece)));
			pieces.append(told.take(thinking("", piece), false));
		}
		pieces.append(told.take(new AssistantMessage("Well."), true));

		assertThat(answer.reasoning()).isEqualTo(whole);
		assertThat(pieces).hasToString(whole);
	}

	@Test
	void thoughtInAMessageOfItsOwnIsReasoning() {
		ModelAnswer answer = new ModelAnswer(false);
		AssistantMessage thought = AssistantMessage.builder()
			.content("six times seven")
			.properties(Map.of("isThought", true))
			.build();

		answer.add(new ChatResponse(List.of(new Generation(thought), new Generation(new AssistantMessage("42")))));

		assertThat(answer.text()).isEqualTo("42");
		assertThat(answer.reasoning()).isEqualTo("six times seven");
	}

	@ParameterizedTest
	@CsvSource({ "false", "true" })
	void toolCallWithoutIdGetsOne(boolean stream) {
		this.model.then((prompt) -> Flux.just(response(AssistantMessage.builder()
			.toolCalls(Arrays.asList(new ToolCall(null, null, "weather", "{\"city\":null}"),
					new ToolCall("", "function", "noArguments", null)))
			.build()))).thenText("Sunny.");
		Agent agent = Agents.over(this.model).named("a").tools(new Weather(), new NoArguments()).build();

		RunResponse response = stream ? streamed(agent) : AgentTests.within(this.run, () -> agent.run("?"));

		assertThat(response.content()).isEqualTo("Sunny.");
		assertThat(response.tools()).extracting(ToolExecution::toolName).containsExactly("weather", "noArguments");
		assertThat(response.tools()).extracting(ToolExecution::toolCallId).doesNotContainNull().doesNotHaveDuplicates();
		Map<String, Object> city = new HashMap<>();
		city.put("city", null);
		assertThat(response.tools()).extracting(ToolExecution::toolArgs).containsExactly(city, Map.of());
		assertThat(response.messages()).filteredOn((message) -> message.role().equals("tool"))
			.extracting((message) -> message.additional().get("tool_call_id"))
			.containsExactlyElementsOf(response.tools().stream().map((tool) -> (Object) tool.toolCallId()).toList());
		assertThat(RunResponse.fromJson(response.toJson()).tools().get(0).toolArgs()).containsEntry("city", null);
	}

	@ParameterizedTest
	@CsvSource({ "false", "true" })
	void nullsOfAProviderAreNothing(boolean stream) {
		this.model.then(
				(prompt) -> Flux.just(new ChatResponse(List.of(new Generation(new AssistantMessage(null), null)), null),
						new ChatResponse(List.of(new Generation(new AssistantMessage("hi"))),
								ChatResponseMetadata.builder().model(null).usage(new NoUsage()).build()),
						new ChatResponse(List.of(), ChatResponseMetadata.builder().usage(null).build())));
		Agent agent = Agents.over((stream ? this.model : new Joined(this.model))).named("a").build();

		RunResponse response = stream ? streamed(agent) : AgentTests.within(this.run, () -> agent.run("?"));

		assertThat(response.content()).isEqualTo("hi");
		assertThat(response.messages()).extracting(Message::content).containsExactly("?", "hi");
		assertThat(response.metrics()).containsEntry("total_tokens", List.of(0));
	}

	@Test
	void reasoningIsKept() {
		AssistantMessage message = AssistantMessage.builder()
			.content("42")
			.properties(Map.of("reasoningContent", "six times seven"))
			.build();
		this.model.then((prompt) -> Flux.just(new ChatResponse(List.of(new Generation(message)))));

		assertThat(Agents.over(this.model).named("a").build().run("?").reasoningContent()).isEqualTo("six times seven");
	}

	private RunResponse streamed(Agent agent) {
		AgentTests.within(this.run, () -> agent.stream("?")).blockLast();
		return this.run.recorded.get(0);
	}

	private static AssistantMessage thinking(String text, String reasoning) {
		return AssistantMessage.builder().content(text).properties(Map.of("thinking", reasoning)).build();
	}

	private static ChatResponse response(AssistantMessage message) {
		return new ChatResponse(List.of(new Generation(message)));
	}

	static class NoArguments {

		@Tool(description = "Takes none.")
		String noArguments() {
			return "done";
		}

	}

	/** Gives the second chunk alone to callers. */
	private record Joined(ScriptedChatModel model) implements org.springframework.ai.chat.model.ChatModel {

		@Override
		public ChatResponse call(org.springframework.ai.chat.prompt.Prompt prompt) {
			return this.model.stream(prompt).elementAt(1).block();
		}

		@Override
		public org.springframework.ai.chat.prompt.ChatOptions getOptions() {
			return this.model.getOptions();
		}

	}

	private static final class NoUsage implements Usage {

		@Override
		public Integer getPromptTokens() {
			return null;
		}

		@Override
		public Integer getCompletionTokens() {
			return null;
		}

		@Override
		public Integer getTotalTokens() {
			return null;
		}

		@Override
		public Object getNativeUsage() {
			return Map.of();
		}

	}

}
