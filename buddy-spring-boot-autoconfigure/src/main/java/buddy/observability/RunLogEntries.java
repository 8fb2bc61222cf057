package buddy.observability;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import buddy.run.RunEnding;
import buddy.run.RunInterception;
import buddy.run.RunInterceptor;
import buddy.run.RunStart;

/**
 * Puts the ids of a run into the MDC of every thread that executes it.
 */
final class RunLogEntries implements RunInterceptor {

	static final String RUN_ID = "run_id";

	static final String SESSION_ID = "session_id";

	static final String WORKFLOW_ID = "workflow_id";

	@Override
	public RunInterception starting(RunStart run) {
		return new LoggedRun(new Ids(run.runId(), run.sessionId(), run.workflowId()));
	}

	private record LoggedRun(Ids ids) implements RunInterception {

		@Override
		public Entry enter() {
			return new LoggedEntry(this.ids, this.ids.exchange());
		}

		@Override
		public void ended(RunEnding ending) {
			// later log entries still belong to the run
		}

	}

	/** The ids of the run on a thread, and the previous ones. */
	private record LoggedEntry(Ids ids, Ids before) implements RunInterception.Entry {

		@Override
		public void close() {
			this.before.put();
		}

		@Override
		public RunInterception.Entry leave() {
			this.before.put();
			return this.ids::put;
		}

	}

	private record Ids(@Nullable String runId, @Nullable String sessionId, @Nullable String workflowId) {

		/** Sets these ids and returns the previous ones. */
		Ids exchange() {
			Ids before = new Ids(MDC.get(RUN_ID), MDC.get(SESSION_ID), MDC.get(WORKFLOW_ID));
			put();
			return before;
		}

		void put() {
			put(RUN_ID, this.runId);
			put(SESSION_ID, this.sessionId);
			put(WORKFLOW_ID, this.workflowId);
		}

		private static void put(String key, @Nullable String value) {
			if (value != null) {
				MDC.put(key, value);
			}
			else {
				MDC.remove(key);
			}
		}

	}

}
