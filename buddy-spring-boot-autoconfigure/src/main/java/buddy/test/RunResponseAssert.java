package buddy.test;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.run.RunStatus;

/**
 * Assertions on the response of a run.
 */
public final class RunResponseAssert extends AbstractRunAssert<RunResponseAssert, RunResponse> {

	RunResponseAssert(RunResponse actual) {
		super(actual, RunResponseAssert.class);
	}

	@Override
	@Nullable RunStatus status() {
		return this.actual.status();
	}

	@Override
	RunResponse response() {
		return this.actual;
	}

	/**
	 * Verifies an entry of {@code extra_data}.
	 * @param key the key
	 * @param value the value, compared by its JSON
	 * @return these assertions
	 */
	public RunResponseAssert hasExtraData(String key, @Nullable Object value) {
		isNotNull();
		Object found = this.actual.extraData().get(key);
		if (!sameJson(found, value)) {
			failWithMessage("Expected extra_data to have %s = %s, but it is %s", key, Json.writeValue(value),
					Json.writeValue(this.actual.extraData()));
		}
		return this;
	}

}
