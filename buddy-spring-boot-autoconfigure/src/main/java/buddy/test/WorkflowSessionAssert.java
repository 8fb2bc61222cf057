package buddy.test;

import java.util.Map;

import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.session.WorkflowSession;

/**
 * Assertions on a session.
 */
public final class WorkflowSessionAssert extends AbstractAssert<WorkflowSessionAssert, WorkflowSession> {

	WorkflowSessionAssert(WorkflowSession actual) {
		super(actual, WorkflowSessionAssert.class);
	}

	/**
	 * Verifies an entry of the state.
	 * @param key the key
	 * @param value the value, compared by its JSON
	 * @return these assertions
	 */
	public WorkflowSessionAssert hasStateEntry(String key, @Nullable Object value) {
		isNotNull();
		Map<String, @Nullable Object> state = this.actual.sessionState();
		if (!state.containsKey(key) || !AbstractRunAssert.sameJson(state.get(key), value)) {
			failWithMessage("Expected the state of session '%s' to have %s = %s, but it is %s", this.actual.sessionId(),
					key, Json.writeValue(value), Json.write(state));
		}
		return this;
	}

	/**
	 * Verifies that the state does not have a key.
	 * @param key the key
	 * @return these assertions
	 */
	public WorkflowSessionAssert hasNoStateEntry(String key) {
		isNotNull();
		if (this.actual.sessionState().containsKey(key)) {
			failWithMessage("Expected the state of session '%s' not to have %s, but it is %s", this.actual.sessionId(),
					key, Json.write(this.actual.sessionState()));
		}
		return this;
	}

	/**
	 * Verifies the number of runs. Only an exported session has runs, not one that was
	 * found.
	 * @param count the expected number
	 * @return these assertions
	 */
	public WorkflowSessionAssert hasRuns(int count) {
		isNotNull();
		if (this.actual.runs().size() != count) {
			failWithMessage("Expected session '%s' to have %s runs, but it has %s", this.actual.sessionId(), count,
					this.actual.runs().size());
		}
		return this;
	}

}
