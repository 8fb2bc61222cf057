package buddy.durable;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a run asks a person. Immutable: each method returns a changed copy.
 */
public final class QuestionOptions {

	private static final QuestionOptions NONE = new QuestionOptions(null, null, null, null, false, null);

	private final @Nullable Object shown;

	private final @Nullable String assignee;

	private final @Nullable String role;

	private final @Nullable Duration expiry;

	private final boolean hasDefault;

	private final @Nullable Object defaultAnswer;

	private QuestionOptions(@Nullable Object shown, @Nullable String assignee, @Nullable String role,
			@Nullable Duration expiry, boolean hasDefault, @Nullable Object defaultAnswer) {
		this.shown = shown;
		this.assignee = assignee;
		this.role = role;
		this.expiry = expiry;
		this.hasDefault = hasDefault;
		this.defaultAnswer = defaultAnswer;
	}

	/**
	 * Returns options for a question that shows nothing, whose run's user answers it, and
	 * which does not expire.
	 * @return the options
	 */
	public static QuestionOptions none() {
		return NONE;
	}

	/**
	 * Returns options for a question that shows what is to be decided.
	 * @param what a plain value, a map, a list or a record that Jackson can write
	 * @return the options
	 */
	public static QuestionOptions showing(@Nullable Object what) {
		return new QuestionOptions(what, null, null, null, false, null);
	}

	/**
	 * Sets a user who may see and answer the question, in addition to those who may see
	 * the run.
	 * @param userId the user's id
	 * @return the changed options
	 */
	public QuestionOptions assignee(String userId) {
		return new QuestionOptions(this.shown, requireText("assignee", userId), this.role, this.expiry, this.hasDefault,
				this.defaultAnswer);
	}

	/**
	 * Sets a role whose users may see and answer the question, in addition to those who
	 * may see the run.
	 * @param name the role, as Spring Security names it without prefix
	 * @return the changed options
	 */
	public QuestionOptions role(String name) {
		return new QuestionOptions(this.shown, this.assignee, requireText("role", name), this.expiry, this.hasDefault,
				this.defaultAnswer);
	}

	/**
	 * Sets how long the question can be answered. Then the run goes on with an
	 * {@link AnswerExpiredException}.
	 * @param time the time, more than zero
	 * @return the changed options
	 */
	public QuestionOptions expiresIn(Duration time) {
		return new QuestionOptions(this.shown, this.assignee, this.role, requirePositive(time), false, null);
	}

	/**
	 * Sets how long the question can be answered, and the answer if nobody gives one.
	 * @param time the time, more than zero
	 * @param answer the answer, of the question's type
	 * @return the changed options
	 */
	public QuestionOptions expiresIn(Duration time, @Nullable Object answer) {
		return new QuestionOptions(this.shown, this.assignee, this.role, requirePositive(time), true, answer);
	}

	private static Duration requirePositive(Duration time) {
		if (time.toMillis() < 1) {
			throw new IllegalArgumentException("A question must be open for at least a millisecond, not " + time);
		}
		return time;
	}

	private static String requireText(String name, String value) {
		if (value.isBlank() || value.length() > 255) {
			throw new IllegalArgumentException(
					"The " + name + " of a question must have 1 to 255 characters, not '" + value + "'");
		}
		return value;
	}

	/**
	 * Returns what the person is to see.
	 * @return the value, or {@code null} for nothing
	 */
	public @Nullable Object shown() {
		return this.shown;
	}

	/**
	 * Returns the user who may answer.
	 * @return the user's id, or {@code null}
	 */
	public @Nullable String assignee() {
		return this.assignee;
	}

	/**
	 * Returns the role whose users may answer.
	 * @return the role, or {@code null}
	 */
	public @Nullable String role() {
		return this.role;
	}

	/**
	 * Returns how long the question can be answered.
	 * @return the time, or {@code null} for ever
	 */
	public @Nullable Duration expiry() {
		return this.expiry;
	}

	/**
	 * Returns whether there is an answer if nobody gives one.
	 * @return whether there is a default
	 */
	public boolean hasDefault() {
		return this.hasDefault;
	}

	/**
	 * Returns the answer if nobody gives one in time.
	 * @return the answer, or {@code null}
	 */
	public @Nullable Object defaultAnswer() {
		return this.defaultAnswer;
	}

}
