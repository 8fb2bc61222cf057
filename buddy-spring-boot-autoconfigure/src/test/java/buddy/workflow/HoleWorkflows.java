package buddy.workflow;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.StoredSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The workflows that {@link FrameworkHolesTests} runs.
 */
final class HoleWorkflows {

	private HoleWorkflows() {
	}

	record City(String name, int population) {
	}

	static class Failing extends Workflow {

		String run(@SessionId String sessionId, @NotRecorded Throwable failure) throws Throwable {
			sessionState().put("touched", true);
			throw failure;
		}

	}

	static class Answering extends Workflow {

		RunResponse run(@SessionId String sessionId, @NotRecorded RunResponse answer) {
			return answer;
		}

	}

	static class Adding extends Workflow {

		String run(@SessionId String sessionId, int by, City city, List<String> tags) {
			return by + " " + city.name() + " " + tags;
		}

	}

	static class Streaming extends Workflow {

		Stream<RunResponseEvent> run(@SessionId String sessionId, @NotRecorded List<RunResponseEvent> events) {
			return events.stream();
		}

	}

	static class Both extends Workflow {

		RunResponse run(@SessionId String sessionId, String text) {
			return RunResponse.of("run " + text);
		}

		CompletableFuture<RunResponse> arun(@SessionId String sessionId, String text) {
			return CompletableFuture.completedFuture(RunResponse.of("arun " + text));
		}

	}

	static class Meeting extends Workflow {

		private final CyclicBarrier barrier = new CyclicBarrier(2);

		String run(@SessionId String sessionId, String who) {
			String before = runId();
			sessionState().put("who", who);
			sessionState().increment("count", 1);
			try {
				this.barrier.await(30, TimeUnit.SECONDS);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			assertThat(runId()).isEqualTo(before);
			return before;
		}

	}

	static class Counter extends Workflow {

		Counter() {
		}

		Counter(WorkflowSettings settings) {
			super(settings);
		}

		int run(@SessionId String sessionId) {
			return (int) sessionState().increment("count", 1);
		}

	}

	static class Overtaken extends Workflow {

		void run(@SessionId String sessionId, Runnable meanwhile) {
			sessionState().increment("count", 1);
			meanwhile.run();
		}

	}

	static class Editing extends Workflow {

		Editing() {
		}

		Editing(WorkflowSettings settings) {
			super(settings);
		}

		Map<String, Object> run(@SessionId String sessionId, String how) {
			switch (how) {
				case "put" -> sessionState().putAll(Map.of("kept", 1, "gone", 1));
				case "remove" -> sessionState().remove("gone");
				case "fail" -> {
					sessionState().put("kept", 2);
					throw new IllegalStateException("asked to");
				}
				default -> {
				}
			}
			return Map.copyOf(sessionState());
		}

	}

	static class Remembering extends Workflow {

		Remembering() {
			super(WorkflowSettings.builder().workflowId("counter").build());
		}

		List<String> run(@SessionId String sessionId) {
			Stream<String> now = Stream.of("" + sessionState().increment("count", 1), sessionName(),
					extraData().toString());
			return Stream.concat(now, memory().runs().stream().map((run) -> run.response().contentAsString())).toList();
		}

	}

	static class Returning extends Workflow {

		Object run(@SessionId String sessionId, @NotRecorded Object value) {
			return value;
		}

	}

	/** A store in which every session has the same state. */
	static class MapStoreWithState extends DelegatingRepository {

		private final String state;

		MapStoreWithState(String state) {
			super(new MapWorkflowSessionRepository());
			this.state = state;
		}

		@Override
		public OpenedSession begin(NewRun run) {
			OpenedSession opened = super.begin(run);
			return new OpenedSession(
					new StoredSession(run.sessionId(), run.workflowId(), run.userId(), null, this.state, null, null,
							null, null, run.createdAt(), run.createdAt(), opened.session().version()),
					opened.recorded());
		}

	}

}
