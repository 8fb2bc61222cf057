package buddy.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.json.internal.Json;
import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.SessionAccess;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.RunJson;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WorkflowMemoryTests {

	private final MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	@Test
	void lastRunsAreNewestLast() {
		WorkflowMemory memory = memory(5, MemoryOptions.DEFAULT);
		assertThat(memory.lastRuns(3)).extracting(WorkflowRun::runId).containsExactly("r2", "r3", "r4");
		assertThat(memory.lastRuns(100)).extracting(WorkflowRun::runId).containsExactly("r0", "r1", "r2", "r3", "r4");
		assertThat(memory(0, MemoryOptions.DEFAULT).runs()).isEmpty();
	}

	@Test
	void asManyRunsAsTheOptionsSayAreAtHand() {
		assertThat(memory(5, new MemoryOptions(2, 10)).runs()).extracting(WorkflowRun::runId)
			.containsExactly("r3", "r4");
	}

	@Test
	void runsThatHaveNotEndedAreNotAmongThemAndTakeNoPlace() {
		WorkflowMemory memory = memory("s", List.of(RunStatus.COMPLETED, RunStatus.ERROR, RunStatus.RUNNING,
				RunStatus.PENDING, RunStatus.PAUSED, RunStatus.CANCELLED, RunStatus.RUNNING));
		assertThat(memory.lastRuns(2)).extracting(WorkflowRun::runId).containsExactly("r1", "r5");
		assertThat(memory.lastRuns(7)).extracting(WorkflowRun::runId).containsExactly("r0", "r1", "r5");
		assertThat(memory.find("r2")).isEmpty();
	}

	@Test
	void runOfAnotherSessionIsNotFound() {
		WorkflowMemory memory = memory(1, MemoryOptions.DEFAULT);
		WorkflowMemory other = new WorkflowMemory(this.repository, "other", SessionAccess.ofUser(null),
				MemoryOptions.DEFAULT);
		assertThat(memory.find("r0")).map(WorkflowRun::input).contains(Map.of("n", 0));
		assertThat(other.find("r0")).isEmpty();
		assertThat(memory.find("nothing")).isEmpty();
		assertThat(other.runs()).isEmpty();
	}

	@Test
	void messagesAreTheNewestAndNewestLast() {
		WorkflowMemory memory = memory(3, new MemoryOptions(10, 3));
		assertThat(memory.messages(3)).extracting(Message::content).containsExactly("a1", "q2", "a2");
		assertThat(memory.messages(1)).extracting(Message::content).containsExactly("q2", "a2");
	}

	@Test
	void clearForgetsTheEndedRunsAndKeepsTheSession() {
		WorkflowMemory memory = memory("s", List.of(RunStatus.COMPLETED, RunStatus.RUNNING, RunStatus.ERROR));
		assertThat(memory.clear()).isEqualTo(2);
		assertThat(memory.runs()).isEmpty();
		assertThat(this.repository.find("s")).isPresent();
		assertThat(this.repository.findRun("r1")).isPresent();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, 1001 })
	void numbersThatMakeNoSenseAreRefused(int runs) {
		assertThatIllegalArgumentException().isThrownBy(() -> new MemoryOptions(runs, 1))
			.withMessageContaining("'runs'");
		assertThatIllegalArgumentException().isThrownBy(() -> memory(1, MemoryOptions.DEFAULT).lastRuns(runs));
		assertThatIllegalArgumentException().isThrownBy(() -> new MemoryOptions(1, 0))
			.withMessageContaining("'messages'");
	}

	private WorkflowMemory memory(int runs, MemoryOptions options) {
		memory("s" + runs, IntStream.range(0, runs).mapToObj((i) -> RunStatus.COMPLETED).toList());
		return new WorkflowMemory(this.repository, "s" + runs, SessionAccess.ofUser(null), options);
	}

	private WorkflowMemory memory(String sessionId, List<RunStatus> statuses) {
		List<StoredRun> runs = new ArrayList<>();
		for (int i = 0; i < statuses.size(); i++) {
			RunResponse response = RunResponse.builder()
				.content("c" + i)
				.messages(List.of(Message.of("user", "q" + i), Message.of("assistant", "a" + i)))
				.build();
			RunStatus status = statuses.get(i);
			runs.add(TestRun.of("r" + i)
				.session(sessionId)
				.workflow("w")
				.at(1000L + i)
				.stored(status)
				.input("{\"n\":" + i + "}")
				.response(status.isTerminal() ? Json.write(RunJson.stored(response)) : null)
				.endedAt(1000L + i)
				.build());
		}
		this.repository.create(new StoredSession(sessionId, "w", null, null, null, null, null, null, null, 1, 1, 0),
				runs);
		return new WorkflowMemory(this.repository, sessionId, SessionAccess.ofUser(null), MemoryOptions.DEFAULT);
	}

}
