package buddy.test;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import buddy.durable.StepKind;
import buddy.durable.StepStatus;
import buddy.json.internal.Json;
import buddy.run.RunResponseEvent;
import buddy.run.WorkflowRun;
import buddy.workflow.RunStep;

/**
 * Assertions on a run, its session, its events and its steps.
 */
public final class RecordedRunAssert extends AbstractWorkflowRunAssert<RecordedRunAssert, RecordedRun> {

	RecordedRunAssert(RecordedRun actual) {
		super(actual, RecordedRunAssert.class);
	}

	@Override
	WorkflowRun run() {
		return this.actual.run();
	}

	/**
	 * Verifies an entry of the session's state.
	 * @param key the key
	 * @param value the value, compared by its JSON
	 * @return these assertions
	 */
	public RecordedRunAssert hasStateEntry(String key, @Nullable Object value) {
		isNotNull();
		new WorkflowSessionAssert(this.actual.session()).hasStateEntry(key, value);
		return this;
	}

	/**
	 * Verifies the session.
	 * @param sessionId the session
	 * @return these assertions
	 */
	public RecordedRunAssert hasSession(String sessionId) {
		isNotNull();
		if (!this.actual.run().sessionId().equals(sessionId)) {
			failWithMessage("Expected the run to belong to session '%s', but it belongs to '%s'", sessionId,
					this.actual.run().sessionId());
		}
		return this;
	}

	/**
	 * Verifies that the run emitted events with these names in this order, possibly with
	 * others between them.
	 * @param names the names, such as {@code RunStarted}, or the custom name of a
	 * {@code CustomEvent}
	 * @return these assertions
	 */
	public RecordedRunAssert hasEvents(String... names) {
		isNotNull();
		List<RunResponseEvent> events = this.actual.events();
		int found = 0;
		for (RunResponseEvent event : events) {
			if (found < names.length && names(event).contains(names[found])) {
				found++;
			}
		}
		if (found < names.length) {
			failWithMessage("Expected events %s in this order, but '%s' is missing in %s", Arrays.toString(names),
					names[found], events.stream().map(RunResponseEvent::event).toList());
		}
		return this;
	}

	/**
	 * Verifies that steps are recorded in this order, possibly with others between them.
	 * @param keys the keys of the steps, such as {@code charge}, {@code charge#2} or
	 * {@code book[1]/hotel}
	 * @return these assertions
	 */
	public RecordedRunAssert hasSteps(String... keys) {
		isNotNull();
		List<String> recorded = this.actual.steps().stream().map(RunStep::key).toList();
		int found = 0;
		for (String key : recorded) {
			if (found < keys.length && key.equals(keys[found])) {
				found++;
			}
		}
		if (found < keys.length) {
			failWithMessage("Expected steps %s in this order, but '%s' is missing in %s", Arrays.toString(keys),
					keys[found], recorded);
		}
		return this;
	}

	/**
	 * Verifies that the run's last execution called exactly these steps, in this order.
	 * Nested runs, which have steps of their own, and what is within the call of an agent
	 * do not count.
	 * @param keys the keys of the steps
	 * @return these assertions
	 */
	public RecordedRunAssert hasExecuted(String... keys) {
		isNotNull();
		requireKeys("to have executed", keys, keys((step) -> step.epoch() == this.actual.run().epoch()));
		return this;
	}

	/**
	 * Verifies that earlier executions of the run recorded exactly these steps, in this
	 * order, whose results the last execution was handed back.
	 * @param keys the keys of the steps
	 * @return these assertions
	 */
	public RecordedRunAssert hasReplayed(String... keys) {
		isNotNull();
		requireKeys("to have replayed", keys,
				keys((step) -> step.epoch() < this.actual.run().epoch() && step.status().isOutcome()));
		return this;
	}

	private void requireKeys(String expectation, String[] expected, List<String> found) {
		if (!List.of(expected).equals(found)) {
			failWithActualExpectedAndMessage(found, List.of(expected), "Expected the run %s the steps %s, not %s",
					expectation, List.of(expected), found);
		}
	}

	private List<String> keys(Predicate<RunStep> which) {
		Set<String> all = this.actual.steps().stream().map(RunStep::key).collect(Collectors.toSet());
		return this.actual.steps()
			.stream()
			.filter((step) -> step.kind() != StepKind.RUN && step.kind() != StepKind.PATCH)
			.filter((step) -> which.test(step) && !isWithin(step.key(), all))
			.map(RunStep::key)
			.toList();
	}

	private static boolean isWithin(String key, Set<String> all) {
		for (int end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1)) {
			if (all.contains(key.substring(0, end))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Verifies that the body of a step was called once in all executions of the run.
	 * @param key the key of the step
	 * @return these assertions
	 */
	public RecordedRunAssert hasCalledOnce(String key) {
		return hasCalled(key, 1);
	}

	/**
	 * Verifies how often the body of a step was called in all executions of the run, with
	 * its repetitions.
	 * @param key the key of the step
	 * @param times how often
	 * @return these assertions
	 */
	public RecordedRunAssert hasCalled(String key, int times) {
		isNotNull();
		int calls = this.actual.stepCalls().getOrDefault(key, 0);
		if (calls != times) {
			failWithActualExpectedAndMessage(calls, times,
					"Expected step '%s' to have been called %s times, not %s; the" + " calls of all steps are %s", key,
					times, calls, this.actual.stepCalls());
		}
		return this;
	}

	/**
	 * Verifies the recorded result of a step.
	 * @param key the key of the step
	 * @param result the result, compared by its JSON
	 * @return these assertions
	 */
	public RecordedRunAssert hasStepResult(String key, @Nullable Object result) {
		RunStep step = step(key);
		Object found = (step.result() != null) ? Json.readPlain(step.result()) : null;
		if (step.status() != StepStatus.DONE || !sameJson(found, result)) {
			failWithMessage("Expected step '%s' to have the result %s, but it is %s%s", key, Json.writeValue(result),
					step.status(), (step.error() != null) ? " with " + step.error() : " with " + step.result());
		}
		return this;
	}

	/**
	 * Verifies that the failure of a step is recorded.
	 * @param key the key of the step
	 * @param type the class of the exception that its body threw
	 * @return these assertions
	 */
	public RecordedRunAssert hasFailedStep(String key, Class<? extends Throwable> type) {
		RunStep step = step(key);
		Object found = (step.error() != null) ? Json.readMap(step.error()).get("type") : null;
		if (step.status() != StepStatus.FAILED || !type.getName().equals(found)) {
			failWithMessage("Expected step '%s' to have failed with %s, but it is %s%s", key, type.getName(),
					step.status(), (step.error() != null) ? " with " + step.error() : "");
		}
		return this;
	}

	private RunStep step(String key) {
		isNotNull();
		return this.actual.steps()
			.stream()
			.filter((step) -> step.key().equals(key))
			.findFirst()
			.orElseThrow(() -> failure("Expected a step '%s', but the steps of the run are %s", key,
					this.actual.steps().stream().map(RunStep::key).toList()));
	}

	private static List<String> names(RunResponseEvent event) {
		return (event instanceof RunResponseEvent.CustomEvent custom) ? List.of(custom.event(), custom.name())
				: List.of(event.event());
	}

}
