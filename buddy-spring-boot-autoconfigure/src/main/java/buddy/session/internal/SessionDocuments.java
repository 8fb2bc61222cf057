package buddy.session.internal;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.run.RunKey;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.internal.RunIds;
import buddy.session.Ids;
import buddy.session.InvalidSessionException;
import buddy.session.SessionShape;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSession.SessionRun;
import buddy.storage.RunJson;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;

/**
 * Converts stored sessions and runs to their documents and back.
 */
final class SessionDocuments {

	private final Clock clock;

	private final RunIds runIds;

	SessionDocuments(Clock clock, RunIds runIds) {
		this.clock = clock;
		this.runIds = runIds;
	}

	/** Returns the document of a session, without its runs. */
	WorkflowSession document(StoredSession session) {
		return new WorkflowSession(session.sessionId(), session.workflowId(), session.userId(), session.sessionName(),
				object(session.state()), object(session.media()), List.of(), object(session.workflowData()),
				object(session.extraData()), Instant.ofEpochMilli(session.createdAt()),
				Instant.ofEpochMilli(session.updatedAt()), object(session.additional()));
	}

	SessionRun document(StoredRun run) {
		RunResponse response = run.toResponse();
		if (response == null) {
			response = RunResponse.builder()
				.runId(run.runId())
				.sessionId(run.sessionId())
				.workflowId(run.workflowId())
				.createdAt(Instant.ofEpochMilli(run.createdAt()))
				.status(run.status())
				.build();
		}
		if (run.error() != null) {
			response = response.toBuilder().field("error", Json.readMap(run.error())).build();
		}
		return new SessionRun((run.input() != null) ? Json.readMap(run.input()) : null, response, Map.of());
	}

	/** Converts a document to rows, or refuses it before anything is stored. */
	Rows rows(WorkflowSession session) {
		String sessionId = Ids.requireSessionId(session.sessionId());
		requireShape(session);
		if (session.workflowId() == null) {
			throw new IllegalArgumentException("Session '" + sessionId
					+ "' names no workflow_id; set the id of the workflow that is to continue it");
		}
		String workflowId = Ids.requireWorkflowId(session.workflowId());
		String userId = Ids.requireUserId(session.userId());
		long now = this.clock.millis();
		long createdAt = (session.createdAt() != null) ? session.createdAt().toEpochMilli() : now;
		long updatedAt = (session.updatedAt() != null) ? session.updatedAt().toEpochMilli() : createdAt;
		StoredSession row = new StoredSession(sessionId, workflowId, userId,
				StoredSession.requireName(session.sessionName()), state(session),
				text(sessionId, "media", session.media()), text(sessionId, "workflow_data", session.workflowData()),
				text(sessionId, "extra_data", session.extraData()),
				text(sessionId, "unknown fields", session.additional()), createdAt, updatedAt, 0);
		List<StoredRun> runs = runs(row, session.runs());
		requireReadable(runs);
		return new Rows(row, runs);
	}

	/** Refuses a session built in code that would not be valid as a document. */
	private static void requireShape(WorkflowSession session) {
		for (int i = 0; i < session.runs().size(); i++) {
			SessionRun run = session.runs().get(i);
			if (run.input() == null && !run.additional().isEmpty()) {
				throw new InvalidSessionException("memory.runs[" + i + "]",
						"has fields beside a response without input, which could not be kept: "
								+ run.additional().keySet());
			}
		}
		SessionShape.require(session.toMap());
	}

	/**
	 * Checks that the runs can be read back, since every later access to the session
	 * reads them.
	 */
	private void requireReadable(List<StoredRun> runs) {
		for (int i = 0; i < runs.size(); i++) {
			try {
				runs.get(i).toWorkflowRun();
				document(runs.get(i)).toMap();
			}
			catch (RuntimeException ex) {
				throw new InvalidSessionException("memory.runs[" + i + "]", "could not be read back", ex);
			}
		}
	}

	/**
	 * Runs that began in the same second are put a millisecond apart, to keep the order
	 * of the document.
	 */
	private List<StoredRun> runs(StoredSession session, List<SessionRun> runs) {
		List<StoredRun> rows = new ArrayList<>();
		long previous = Long.MIN_VALUE;
		for (SessionRun run : runs) {
			RunResponse response = run.response();
			Instant time = response.createdAt();
			long at = (time != null) ? time.toEpochMilli() : session.createdAt();
			previous = Math.max(at, previous + 1);
			rows.add(row(session, run, previous));
		}
		return rows;
	}

	private StoredRun row(StoredSession session, SessionRun run, long createdAt) {
		RunResponse response = run.response();
		String runId = (response.runId() != null) ? response.runId() : this.runIds.next();
		Map<String, @Nullable Object> fields = RunJson.stored(response);
		Object error = fields.remove("error");
		String what = "Run '" + runId + "' of session '" + session.sessionId() + "'";
		RunKey key = RunKey.builder()
			.runId(runId)
			.workflowId(session.workflowId())
			.sessionId(session.sessionId())
			.userId(session.userId())
			.build();
		return StoredRun.builder(key, terminal(response.status(), error))
			.input((run.input() != null) ? StorableJson.require(what, run.input()) : null)
			.response(StorableJson.require(what, fields))
			.error((error != null) ? StorableJson.require(what, error) : null)
			.createdAt(createdAt)
			.endedAt(createdAt)
			.build();
	}

	/**
	 * The Python framework leaves completed runs RUNNING, and no imported run is in
	 * progress.
	 */
	private static RunStatus terminal(@Nullable RunStatus status, @Nullable Object error) {
		if (status != null && status.isTerminal()) {
			return status;
		}
		return (error != null) ? RunStatus.ERROR : RunStatus.COMPLETED;
	}

	/**
	 * A session with runs gets a state, even an empty one, so that the defaults do not
	 * come back.
	 */
	private static @Nullable String state(WorkflowSession session) {
		String state = text(session.sessionId(), "state", session.sessionState());
		return (state == null && !session.runs().isEmpty()) ? "{}" : state;
	}

	private static @Nullable String text(String sessionId, String what, Map<String, @Nullable Object> object) {
		return object.isEmpty() ? null
				: StorableJson.require("The " + what + " of session '" + sessionId + "'", object);
	}

	private static Map<String, @Nullable Object> object(@Nullable String json) {
		return (json != null) ? Json.readMap(json) : Map.of();
	}

	/**
	 * A session and its runs, ready to be stored.
	 */
	record Rows(StoredSession session, List<StoredRun> runs) {
	}

}
