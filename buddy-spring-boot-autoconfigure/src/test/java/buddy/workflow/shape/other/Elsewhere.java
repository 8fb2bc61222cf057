package buddy.workflow.shape.other;

import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.shape.Shapes;

/**
 * Workflows whose base class is in another package.
 */
public final class Elsewhere {

	private Elsewhere() {
	}

	public static class OfUnseen extends Shapes.Unseen {

	}

	public static class OfGuarded extends Shapes.Guarded<String> {

	}

	public static class OfOfHidden extends Shapes.OfHiddenBase {

	}

	/** No override: the other one is not seen here. */
	public static class BesideUnseen extends Shapes.Unseen {

		public String run(@SessionId String session, String input) {
			return "own " + input;
		}

	}

	/** What a suspend function of Kotlin is compiled to. */
	public static class Suspending extends Workflow {

		public Object run(String input, kotlin.coroutines.Continuation<? super String> continuation) {
			return input;
		}

	}

}
