package buddy.event;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.EventHeader;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunContinued;
import buddy.run.RunResponseEvent.UnknownEvent;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowCompleted;
import buddy.run.RunResponseEvent.WorkflowError;
import buddy.run.RunResponseEvent.WorkflowStarted;
import buddy.run.WorkflowRun;
import buddy.storage.StoredRun;

/**
 * Creates events that are not stored: the first and last events, which follow from the
 * row of the run, and an event that reports missing ones.
 */
final class DerivedEvents {

	/** The name of the event that reports missing events. */
	static final String MISSING = "EventsMissing";

	private DerivedEvents() {
	}

	static StoredEvent started(StoredRun run) {
		return started(run.runId(), new WorkflowStarted(header(run, run.createdAt(), Map.of())));
	}

	static StoredEvent started(String runId, WorkflowStarted event) {
		return of(runId, EventPosition.START, event);
	}

	static StoredEvent terminal(StoredRun stored, EventPosition position) {
		WorkflowRun run = stored.toWorkflowRun();
		Long endedAt = stored.endedAt();
		EventHeader header = header(stored, (endedAt != null) ? endedAt : stored.createdAt(), Map.of());
		RunFailure failure = run.failure();
		RunResponse response = run.response();
		String message = (failure != null) ? failure.message() : null;
		RunResponseEvent event = switch (stored.status()) {
			case COMPLETED -> new WorkflowCompleted(header, (response != null) ? response.content() : null,
					(response != null) ? response.contentType() : null);
			case CANCELLED -> new WorkflowCancelled(header, message);
			default -> new WorkflowError(header, message, (failure != null) ? failure.type() : null);
		};
		return of(stored.runId(), position, event);
	}

	/**
	 * Returns the last event of earlier executions that still holds.
	 * @param event the first event of an execution
	 * @return its position, or {@code null} if the event does not tell it
	 */
	static @Nullable EventPosition validUntil(StoredEvent event) {
		if (!event.name().equals(RunContinued.class.getSimpleName())) {
			return null;
		}
		return (Json.readMap(event.event()).get("valid_until") instanceof String until) ? EventPosition.parse(until)
				: null;
	}

	/**
	 * Creates the event that reports events missing from the store, because it failed for
	 * too long or they were deleted by retention.
	 */
	static StoredEvent missing(String runId, EventPosition first, EventPosition last) {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("first", first.toString());
		fields.put("last", last.toString());
		fields.put("count", last.sequence() - first.sequence() + 1);
		return of(runId, last, new UnknownEvent(new EventHeader(null, runId, null, null, null, null, fields), MISSING));
	}

	private static EventHeader header(StoredRun run, long millis, Map<String, @Nullable Object> more) {
		return new EventHeader(Instant.ofEpochMilli(millis), run.runId(), run.sessionId(), run.workflowId(), null, null,
				more);
	}

	private static StoredEvent of(String runId, EventPosition position, RunResponseEvent event) {
		return new StoredEvent(runId, position, Json.write(event.toMap()));
	}

}
