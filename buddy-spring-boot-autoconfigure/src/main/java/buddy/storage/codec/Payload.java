package buddy.storage.codec;

/**
 * Tells which payload is encoded or decoded.
 *
 * @param kind what it is
 * @param ownerId the id of the run it belongs to; for payloads of sessions, schedules and
 * the audit, the id of the session, of the schedule and of the audit's entry
 */
public record Payload(Kind kind, String ownerId) {

	/**
	 * Returns what it is and to what it belongs, for messages.
	 * @return for example {@code step result of run '0198…'}
	 */
	public String description() {
		return this.kind.description + " '" + this.ownerId + "'";
	}

	/**
	 * The kinds of payloads.
	 */
	public enum Kind {

		/** The name of a session, as a JSON string. */
		SESSION_NAME("name of session"),

		/** The state of a session. */
		SESSION_STATE("state of session"),

		/** The media, the extra data and other data of a session. */
		SESSION_DATA("data of session"),

		/** The arguments of a run. */
		RUN_INPUT("input of run"),

		/** The response of a run, with its messages. */
		RUN_RESPONSE("response of run"),

		/** Why a run did not complete. */
		RUN_ERROR("error of run"),

		/** The result of a step. */
		STEP_RESULT("step result of run"),

		/** Why a step failed. */
		STEP_ERROR("step error of run"),

		/** The state that a step found, and what it did to it. */
		STEP_STATE("step state of run"),

		/** An event of a run. */
		EVENT("event of run"),

		/** What a person is asked, the default and the answer. */
		QUESTION("question of run"),

		/** The arguments with which a schedule runs its workflow. */
		SCHEDULE_INPUT("input of schedule"),

		/** The details of an entry of the audit. */
		AUDIT_DETAIL("details of audit entry");

		private final String description;

		Kind(String description) {
			this.description = description;
		}

	}

}
