package buddy.workflow.shape;

import java.util.List;

import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Ways to declare a run that make the compiler write bridges.
 */
public final class Shapes {

	private Shapes() {
	}

	public static class OfHiddenBase extends HiddenBase<String> {

	}

	public static class OfGenericMiddle extends OfMiddle<String> {

	}

	public abstract static class OfMiddle<T> extends HiddenBase<T> {

	}

	public static class OverridingHidden extends HiddenBase<String> {

		@Override
		public String run(@SessionId String session, String input) {
			return "own " + input;
		}

	}

	public static class OverridingBelow extends OfHiddenBase {

		@Override
		public String run(@SessionId String session, String input) {
			return "below " + input;
		}

	}

	public static class OfLists extends HiddenBase<List<String>> {

	}

	public static class OfPlainHidden extends HiddenPlainBase {

	}

	public static class OfAsync extends HiddenAsyncBase<String, RunResponse> {

		@Override
		protected RunResponse work(String input) {
			return RunResponse.of("async " + input);
		}

	}

	public static class OfInterface extends HiddenTemplate<String> {

		@Override
		String before() {
			return "template ";
		}

	}

	public static class OfGenericInterface extends Workflow implements Shape<String, String> {

		@Override
		public String run(@SessionId String session, String input) {
			return "implemented " + input;
		}

	}

	public static class OverridingDefault extends Workflow implements CommonDefault<String> {

		@Override
		public String run(@SessionId String session, String input) {
			return "own " + input;
		}

	}

	public static class InheritedForInterface extends HiddenPlainBase implements CommonDefault<Object> {

	}

	public static class CovariantBelow extends Covariant {

	}

	public static class GenericMethod extends Workflow {

		public <T extends CharSequence> T run(@SessionId String session, T input) {
			return input;
		}

	}

	/** Two methods, of which the compiler's bridge hides the inherited one. */
	public static class BesideHidden extends HiddenPlainBase {

		public String run(@SessionId String session, Integer input) {
			return "number " + input;
		}

	}

	public static class BesideHiddenGeneric extends HiddenBase<Object> {

		public String run(@SessionId String session, Integer input) {
			return "number " + input;
		}

	}

	public static class BesideMiddle extends OfHiddenBase {

		public String run(@SessionId String session, Integer input) {
			return "number " + input;
		}

	}

	public static class BesideDefault extends Workflow implements CommonDefault<Object> {

		public String run(@SessionId String session, Integer input) {
			return "number " + input;
		}

	}

	public static class OnlyDefault extends Workflow implements CommonDefault<String> {

	}

	/** As other packages see it. */
	public abstract static class Unseen extends Workflow {

		String run(@SessionId String session, String input) {
			return "unseen " + input;
		}

	}

	/** A protected one is seen. */
	public abstract static class Guarded<T> extends Workflow {

		protected String run(@SessionId String session, T input) {
			return "guarded " + input;
		}

	}

}
