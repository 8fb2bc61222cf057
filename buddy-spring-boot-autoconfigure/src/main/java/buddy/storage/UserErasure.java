package buddy.storage;

import org.jspecify.annotations.Nullable;

/**
 * Erases what is stored of a user, for example because the user asks for it. It is a bean
 * where sessions and runs are stored with JPA.
 */
public interface UserErasure {

	/** Stands where the user's id stood in rows that are kept. */
	String ERASED = "erased";

	/**
	 * Erases a user: the user's sessions with all of their runs, steps, events and
	 * questions; the user's runs in sessions of nobody; the user's schedules and what the
	 * user has used of budgets. In the audit and at questions of other users' runs,
	 * {@link #ERASED} takes the place of the id.
	 *
	 * <p>
	 * Each session is erased in a transaction of its own, unless the caller has one. If
	 * it fails half-way, call it again. Runs in progress are erased too, and stop at
	 * their next step or at their end. What the user begins afterwards is stored.
	 * @param userId the user
	 * @param actor who erases, for the audit, or {@code null}
	 * @return what was erased
	 * @throws IllegalArgumentException if the id is empty
	 */
	Report eraseUser(String userId, @Nullable String actor);

	/**
	 * What was erased of a user.
	 *
	 * @param sessions the number of sessions that were deleted
	 * @param runs the number of runs that were deleted
	 * @param unfinishedRuns how many of these runs had not ended
	 * @param schedules the number of schedules that were deleted
	 * @param budgets the number of periods of budgets that were deleted
	 * @param questions the number of questions of other users' runs that named the user
	 * @param auditEntries the number of entries of the audit that named the user
	 */
	record Report(long sessions, long runs, long unfinishedRuns, long schedules, long budgets, long questions,
			long auditEntries) {

		/**
		 * Returns whether there was nothing of the user.
		 * @return whether all numbers are zero
		 */
		public boolean isEmpty() {
			return this.sessions + this.runs + this.schedules + this.budgets + this.questions + this.auditEntries == 0;
		}

	}

}
