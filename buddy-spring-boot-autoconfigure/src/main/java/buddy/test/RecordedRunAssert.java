package buddy.test;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import buddy.run.RunResponseEvent;
import buddy.run.WorkflowRun;

/**
 * Assertions on a run, its session and its events.
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

	private static List<String> names(RunResponseEvent event) {
		return (event instanceof RunResponseEvent.CustomEvent custom) ? List.of(custom.event(), custom.name())
				: List.of(event.event());
	}

}
