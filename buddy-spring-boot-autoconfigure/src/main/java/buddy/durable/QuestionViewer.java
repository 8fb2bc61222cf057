package buddy.durable;

import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Who looks at questions: sees those of the runs in some sessions, and those that a user
 * or a role is asked.
 *
 * @param runs whose runs' questions are considered at all
 * @param sessions whose sessions' questions are seen
 * @param assignee the user whose own questions are seen too, or {@code null}
 * @param roles the roles whose questions are seen too
 */
public record QuestionViewer(Owners runs, Owners sessions, @Nullable String assignee, Set<String> roles) {

	/** Sees all questions. */
	public static final QuestionViewer EVERYBODY = new QuestionViewer(Owners.ALL, Owners.ALL, null, Set.of());

	/**
	 * Copies the roles.
	 */
	public QuestionViewer {
		roles = Set.copyOf(roles);
	}

	/**
	 * Returns a copy that considers only the questions of some users' runs.
	 * @param owners whose runs
	 * @return the viewer
	 */
	public QuestionViewer within(Owners owners) {
		return new QuestionViewer(owners, this.sessions, this.assignee, this.roles);
	}

	/**
	 * Returns whether a question is seen.
	 * @param question the question
	 * @param runOwner the user of its run, or {@code null}
	 * @param sessionOwner the user of the run's session, or {@code null}
	 * @return whether it is seen
	 */
	public boolean sees(StoredQuestion question, @Nullable String runOwner, @Nullable String sessionOwner) {
		boolean asked = (this.assignee != null && this.assignee.equals(question.assignee()))
				|| (question.role() != null && this.roles.contains(question.role()));
		return this.runs.test(runOwner) && (asked || this.sessions.test(sessionOwner));
	}

	/**
	 * Whose runs or sessions.
	 *
	 * @param everybody whether those of all users
	 * @param userId the user whose they are, or {@code null} for no user
	 * @param includeUnowned whether those without a user too
	 */
	public record Owners(boolean everybody, @Nullable String userId,
			boolean includeUnowned) implements Predicate<@Nullable String> {

		/** Those of all users. */
		public static final Owners ALL = new Owners(true, null, true);

		/** Nobody's at all. */
		public static final Owners NONE = new Owners(false, null, false);

		/**
		 * Returns those of one user.
		 * @param userId the user, or {@code null} for no user
		 * @param includeUnowned whether those without a user too
		 * @return whose they are
		 */
		public static Owners of(@Nullable String userId, boolean includeUnowned) {
			return new Owners(false, userId, includeUnowned);
		}

		@Override
		public boolean test(@Nullable String owner) {
			return this.everybody || ((owner == null) ? this.includeUnowned : Objects.equals(owner, this.userId));
		}

	}

}
