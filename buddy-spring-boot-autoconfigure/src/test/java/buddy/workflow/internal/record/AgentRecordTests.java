package buddy.workflow.internal.record;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import buddy.run.Message;
import buddy.run.RunContext;
import buddy.run.RunResponse;
import buddy.run.ToolExecution;
import buddy.workflow.Recorded;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What agents exchange in a run becomes its record and their history.
 */
class AgentRecordTests {

	private final Recorded recorded = new Recorded();

	private final Asking asking = this.recorded.proxy(new Asking());

	@Test
	void messagesToolsAndMetricsOfAgentsAreRecorded() {
		this.asking.run("s", "one");
		RunResponse recorded = this.recorded.onlyRun("s").response();
		assertThat(recorded.messages()).extracting(Message::content)
			.containsExactly("rules", "one", "answer to one", "rules", "again one", "answer to again one");
		assertThat(recorded.tools()).extracting(ToolExecution::toolName).containsExactly("add", "add");
		assertThat(recorded.metrics()).isEqualTo(Map.of("input_tokens", List.of(3, 9)));
	}

	@Test
	void historyIsThisRunsAndEarlierOnesOfTheAgentAlone() {
		assertThat(this.asking.run("s", "one")).containsExactly("one", "answer to one");
		assertThat(this.asking.run("s", "two")).containsExactly("one", "answer to one", "again one",
				"answer to again one", "two", "answer to two");
		assertThat(this.asking.run("other", "x")).containsExactly("x", "answer to x");
	}

	@Test
	void historyIsOfTheLastRuns() {
		for (String prompt : List.of("1", "2", "3")) {
			this.asking.run("s", prompt);
		}
		assertThat(this.asking.run("s", "4")).startsWith("2").doesNotContain("1");
	}

	@Test
	void whatTheUsersResponseHoldsIsKeptBesideIt() {
		Own own = this.recorded.proxy(new Own());
		own.run("s");
		RunResponse stored = this.recorded.onlyRun("s").response();
		assertThat(stored.messages()).extracting(Message::content).containsExactly("rules", "x", "answer to x", "mine");
		assertThat(stored.metrics()).isEqualTo(Map.of("cost", 7));
	}

	@Test
	void oneAgentsResponseReturnedAsItIsDoesNotHideTheOthers() {
		Handing handing = this.recorded.proxy(new Handing());
		assertThat(handing.run("s").content()).isNull();
		RunResponse stored = this.recorded.onlyRun("s").response();
		assertThat(stored.messages()).extracting(Message::content)
			.containsExactly("rules", "first", "answer to first", "rules", "second", "answer to second");
		assertThat(stored.metrics()).isEqualTo(Map.of("input_tokens", List.of(2, 5)));
	}

	private static RunResponse answer(String agentId, String prompt, int tokens) {
		return RunResponse.builder()
			.messages(List.of(message("system", "rules", agentId), message("user", prompt, agentId),
					message("assistant", "answer to " + prompt, agentId)))
			.tools(List.of(new ToolExecution("t", "add", Map.of(), "1", false, Map.of())))
			.metrics(Map.of("input_tokens", List.of(tokens)))
			.build();
	}

	private static Message message(String role, String content, String agentId) {
		return Message.of(role, content).with("agent_id", agentId);
	}

	static class Asking extends Workflow {

		List<Object> run(@SessionId String sessionId, String prompt) {
			RunContext context = RunContext.current();
			context.recordAgent(answer("writer", prompt, 3));
			List<Object> history = context.history("writer", 2).stream().map(Message::content).toList();
			context.recordAgent(answer("writer", "again " + prompt, 9));
			assertThat(context.history("critic", 2)).isEmpty();
			return history;
		}

	}

	static class Own extends Workflow {

		RunResponse run(@SessionId String sessionId) {
			RunContext.current().recordAgent(answer("writer", "x", 1));
			return RunResponse.builder()
				.messages(List.of(Message.of("user", "mine")))
				.metrics(Map.of("cost", 7))
				.build();
		}

	}

	static class Handing extends Workflow {

		RunResponse run(@SessionId String sessionId) {
			RunContext.current().recordAgent(answer("router", "first", 2));
			RunResponse second = answer("writer", "second", 5);
			RunContext.current().recordAgent(second);
			return second;
		}

	}

}
