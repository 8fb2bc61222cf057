package buddy.autoconfigure.scanned.deeper;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;

import buddy.workflow.Workflow;

/**
 * Holds workflows that are found, and some that are not.
 */
public class Holder {

	/** Found: static and nested. */
	public static class NestedWorkflow extends Workflow {

		/** Runs. */
		public String run(String text) {
			return text;
		}

	}

	/** Not found: abstract. */
	public abstract static class BaseWorkflow extends Workflow {

		/** Runs. */
		public String run(String text) {
			return text;
		}

	}

	/** Found if it is wanted. */
	@ConditionalOnBooleanProperty("test.wanted")
	public static class WantedWorkflow extends BaseWorkflow {

	}

	/** Not found: needs an instance of its holder. */
	public class InnerWorkflow extends BaseWorkflow {

	}

}
