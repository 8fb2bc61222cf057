package benchmarks.run;

import benchmarks.measure.Subject;

/**
 * Runs of the workflow's bean.
 */
record BuddyRuns(String name, LedgerWorkflow workflow, Sessions sessions, boolean change) implements Subject {

	BuddyRuns named(String other) {
		return new BuddyRuns(other, this.workflow, this.sessions, this.change);
	}

	@Override
	public void prepare(int threads) {
		this.sessions.prepare(threads);
	}

	@Override
	public void run(int thread) {
		this.workflow.run(this.sessions.of(thread), Template.TOPIC, this.change);
	}

}
