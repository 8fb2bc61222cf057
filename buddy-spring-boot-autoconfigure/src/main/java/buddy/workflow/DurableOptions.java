package buddy.workflow;

import java.time.Duration;

/**
 * How the steps of runs are recorded, and how runs are continued.
 *
 * @param agentCalls whether calls of agents are recorded as steps
 * @param maxResultSize how many bytes the JSON of a step's result may have; 0 is no limit
 * @param patience how long a step that has been executed is tried to be recorded while
 * the database is away
 * @param recovery what happens to runs whose process died
 * @param sameVersion whether only runs of the same {@link WorkflowSettings#version()
 * version} of a workflow are continued
 * @param maxRecoveries how often a run is continued by itself without getting any
 * further; after that it counts as poisoned
 * @param changedPrompt what happens to a run that is continued and gives an agent another
 * prompt than the one whose answer is recorded
 * @param inTransaction what happens to a step that cannot be recorded, since it is called
 * within a transaction
 */
public record DurableOptions(boolean agentCalls, long maxResultSize, Duration patience, Recovery recovery,
		boolean sameVersion, int maxRecoveries, ChangedPrompt changedPrompt, InTransaction inTransaction) {

	/** The defaults. */
	public static final DurableOptions DEFAULTS = new DurableOptions(true, 8_000_000, Duration.ofSeconds(60),
			Recovery.MARK, false, 5, ChangedPrompt.WARN, InTransaction.WARN);

	/**
	 * What happens to a run whose process died.
	 */
	public enum Recovery {

		/**
		 * It ends as an error with the reason {@code interrupted}, and can be resumed.
		 */
		MARK,

		/** It is continued by itself, by any node. */
		AUTO

	}

	/**
	 * What happens to a step that is called within a transaction.
	 */
	public enum InTransaction {

		/** It is executed and not recorded, and that is logged. */
		WARN,

		/** It fails before its body is called. */
		FAIL

	}

	/**
	 * What happens to a run that is continued and gives an agent another prompt.
	 */
	public enum ChangedPrompt {

		/** It goes on with the recorded answer, and that is logged. */
		WARN,

		/** It ends as an error that can be tried again. */
		FAIL

	}

}
