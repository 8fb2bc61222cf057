package buddy.durable.internal;

import org.jspecify.annotations.Nullable;

import buddy.durable.QuestionOptions;
import buddy.durable.StepBody;
import buddy.durable.StepKind;
import buddy.durable.StepOptions;

/**
 * A call of a step.
 *
 * @param name the name
 * @param kind what it is
 * @param codec writes and reads its result
 * @param options how it is executed
 * @param digest a digest of what it is given, or {@code null}
 * @param body what it does
 */
public record StepCall(String name, StepKind kind, StepCodec codec, StepOptions options, @Nullable String digest,
		StepBody<? extends @Nullable Object, ? extends Exception> body) {

	private static final int MAX_NAME = 128;

	/**
	 * Creates a call, and checks the name.
	 */
	public StepCall {
		requireName(name);
		options.requireConsistent(name);
	}

	/**
	 * Checks that the default answer to the question whether the step has happened is
	 * one.
	 * @throws RuntimeException if it is no answer
	 */
	void requireAnswerable() {
		QuestionOptions question = this.options.interruptedQuestion();
		if (question != null && question.hasDefault()) {
			WaitCall.interrupted(this, question).json(question.defaultAnswer());
		}
	}

	/**
	 * Checks the name of a step.
	 * @param name the name
	 * @return the same name
	 * @throws IllegalArgumentException if no step can have it
	 */
	public static String requireName(String name) {
		if (name.isBlank() || name.length() > MAX_NAME || name.indexOf('/') >= 0 || name.indexOf('#') >= 0
				|| name.chars().anyMatch(Character::isISOControl)) {
			throw new IllegalArgumentException("A step cannot be named '" + name + "': give it 1 to " + MAX_NAME
					+ " characters, without '/', '#' and control characters");
		}
		return name;
	}

}
