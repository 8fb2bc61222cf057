package buddy.workflow.shape;

import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Base classes that workflows of this and of another package extend. They are
 * package-private, so that the compiler gives their public subclasses bridges.
 */
abstract class HiddenBase<T> extends Workflow {

	public String run(@SessionId String session, T input) {
		return "base " + input;
	}

}

abstract class HiddenPlainBase extends Workflow {

	public String run(@SessionId String session, Object input) {
		return "plain " + input;
	}

}

abstract class HiddenAsyncBase<T, R> extends Workflow {

	protected abstract R work(T input);

	public R arun(@SessionId String session, T input) {
		return work(input);
	}

}

interface Shape<T, R> {

	R run(String session, T input);

}

interface CommonDefault<T> {

	default String run(String session, T input) {
		return "default " + input;
	}

}

abstract class HiddenTemplate<T> extends Workflow implements Shape<T, Object> {

	@Override
	public Object run(@SessionId String session, T input) {
		return before() + input;
	}

	abstract String before();

}

abstract class CovariantBase extends Workflow {

	Object run(@SessionId String session, String input) {
		return "base " + input;
	}

}

class Covariant extends CovariantBase {

	@Override
	RunResponse run(@SessionId String session, String input) {
		return RunResponse.of("own " + input);
	}

}
