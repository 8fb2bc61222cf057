package buddy.session;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An entry of the audit: who did what to a run or a session, and when. It stays when the
 * run and its session are deleted.
 *
 * @param id the id of the entry; later ids sort after earlier ones
 * @param at when it was done
 * @param action what was done, such as {@link #CANCEL}
 * @param actor the user who did it, or {@code null} if there was none
 * @param workflowId the workflow, or {@code null} if it is not known
 * @param sessionId the session, or {@code null} if it is not known
 * @param runId the run, or {@code null} if it was done to a session
 * @param detail more about it by name, such as the question or the reason; answers,
 * inputs and states are never in it
 */
public record AuditEntry(String id, Instant at, String action, @Nullable String actor, @Nullable String workflowId,
		@Nullable String sessionId, @Nullable String runId, Map<String, String> detail) {

	/** A run was asked to stop, with its {@code reason}. */
	public static final String CANCEL = "cancel";

	/** A {@code question} was answered. */
	public static final String ANSWER = "answer";

	/** A token was made that answers a {@code question} without a login. */
	public static final String ANSWER_TOKEN = "answer-token";

	/** A run that was interrupted was continued. */
	public static final String RESUME = "resume";

	/** A run that has failed was continued. */
	public static final String RETRY = "retry";

	/** A {@code new_run} was begun with the steps of a run {@code before} one of them. */
	public static final String FORK = "fork";

	/** A session was deleted with its runs. */
	public static final String DELETE = "delete";

	/** A user was erased, with the number of {@code sessions} and {@code runs}. */
	public static final String ERASE = "erase";

	/** All actions. */
	public static final List<String> ACTIONS = List.of(ANSWER, ANSWER_TOKEN, CANCEL, DELETE, ERASE, FORK, RESUME,
			RETRY);

	/**
	 * Copies the details.
	 */
	public AuditEntry {
		detail = Map.copyOf(detail);
	}

	/**
	 * Returns the position in a list, newest first.
	 * @return the cursor of this entry
	 */
	public RunPage.Cursor cursor() {
		return new RunPage.Cursor(this.at, this.id);
	}

}
