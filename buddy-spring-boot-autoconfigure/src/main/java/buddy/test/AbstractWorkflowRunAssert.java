package buddy.test;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;

/**
 * Base class for assertions on the record of a run.
 *
 * @param <SELF> the type of the assertions
 * @param <ACTUAL> the type of the actual value
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
	 * Verifies a recorded argument of {@code run()}.
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
	 * Verifies the user of the run.
	 * @param userId the user, or {@code null} for no user
	 * @return these assertions
	 */
	public SELF hasUser(@Nullable String userId) {
		isNotNull();
		if (!sameJson(run().userId(), userId)) {
			failWithMessage("Expected the run to have user %s, but it has %s", userId, run().userId());
		}
		return this.myself;
	}

}
