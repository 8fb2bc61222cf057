package buddy.test;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;

/**
 * Assertions on whatever has the record of a run.
 *
 * @param <SELF> the assertions
 * @param <ACTUAL> what they are about
 */
public abstract class AbstractWorkflowRunAssert<SELF extends AbstractWorkflowRunAssert<SELF, ACTUAL>, ACTUAL>
		extends AbstractRunAssert<SELF, ACTUAL> {

	AbstractWorkflowRunAssert(ACTUAL actual, Class<?> selfType) {
		super(actual, selfType);
	}

	abstract WorkflowRun run();

	@Override
	RunStatus status() {
		return run().status();
	}

	@Override
	@Nullable RunResponse response() {
		return run().response();
	}

	@Override
	String because() {
		RunFailure failure = run().failure();
		return (failure == null) ? "" : ": " + failure.type() + " " + failure.message()
				+ ((failure.reason() != null) ? " (" + failure.reason() + ")" : "");
	}

	/**
	 * Verifies that the run ended with an exception.
	 * @param type the exception's class
	 * @return these assertions
	 */
	public SELF failedWith(Class<? extends Throwable> type) {
		hasStatus(RunStatus.ERROR);
		RunFailure failure = run().failure();
		if (failure == null || !type.getName().equals(failure.type())) {
			failWithMessage("Expected the run to have failed with %s, but it failed%s", type.getName(), because());
		}
		return this.myself;
	}

	/**
	 * Verifies an argument of {@code run()} as it is recorded.
	 * @param name the parameter's name
	 * @param value the value, compared by its JSON
	 * @return these assertions
	 */
	public SELF hasInput(String name, @Nullable Object value) {
		isNotNull();
		Map<String, @Nullable Object> input = run().input();
		if (input == null || !input.containsKey(name) || !sameJson(input.get(name), value)) {
			failWithMessage("Expected the run's input to have %s = %s, but it is %s", name, Json.writeValue(value),
					Json.write(input));
		}
		return this.myself;
	}

	/**
	 * Verifies whose run it is.
	 * @param userId the user, or {@code null} for nobody
	 * @return these assertions
	 */
	public SELF hasUser(@Nullable String userId) {
		isNotNull();
		if (!sameJson(run().userId(), userId)) {
			failWithMessage("Expected the run to be user %s's, but it is %s's", userId, run().userId());
		}
		return this.myself;
	}

}
