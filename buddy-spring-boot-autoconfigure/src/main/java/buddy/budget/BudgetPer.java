package buddy.budget;

import java.util.Locale;
import java.util.Objects;

import buddy.run.RunKey;

/**
 * What each has a budget of its own.
 */
public enum BudgetPer {

	/** Each run, with all runs that it calls. */
	RUN,

	/** Each session. */
	SESSION,

	/** Each user. All runs without a user share one budget. */
	USER,

	/** Each workflow. */
	WORKFLOW,

	/** The whole application, with all of its nodes. */
	APPLICATION;

	/**
	 * Returns the name in JSON and in the store.
	 * @return the name in lower case
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns whose budget a run uses.
	 * @param run the run
	 * @return the id, empty for a run without a user and for the application
	 */
	public String scopeOf(RunKey run) {
		return switch (this) {
			case RUN -> run.runId();
			case SESSION -> run.sessionId();
			case USER -> Objects.requireNonNullElse(run.userId(), "");
			case WORKFLOW -> run.workflowId();
			case APPLICATION -> "";
		};
	}

}
