package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * A step without its result.
 *
 * @param key the key: the scope's path, the name, and from the second of that name in its
 * scope on {@code #2} and so on
 * @param position its place in its scope, from 0
 * @param kind what it is
 * @param status where it stands
 * @param attempts how often its body was called
 * @param epoch the execution of the run that wrote it
 * @param startedAt when it began, in milliseconds since the epoch
 * @param endedAt when it ended, in milliseconds since the epoch, or {@code null}
 * @param dueAt when it is due, in milliseconds of the store's clock, {@link #SETTLED}, or
 * {@code null}
 */
public record StepHead(String key, int position, StepKind kind, StepStatus status, int attempts, int epoch,
		long startedAt, @Nullable Long endedAt, @Nullable Long dueAt) {

	/**
	 * What a step has as {@code dueAt} whose run has paused for it, and that does not
	 * wait for a time: what it waited for is there, or it waits for a person without a
	 * limit.
	 */
	public static final long SETTLED = 0;

	/**
	 * Tells whether the step waits for a time.
	 * @return whether it is due at some time
	 */
	public boolean isTimed() {
		return this.dueAt != null && this.dueAt > SETTLED;
	}

	/**
	 * Tells whether the run has paused for the step, now or in an earlier execution.
	 * @return whether it has waited for a person or a time
	 */
	public boolean hasPaused() {
		return this.kind == StepKind.INPUT || this.kind == StepKind.SLEEP || this.dueAt != null;
	}

	/**
	 * Returns the path of the step's scope.
	 * @return the path with a slash at its end, empty for the body of the run
	 */
	public String scope() {
		return this.key.substring(0, this.key.lastIndexOf('/') + 1);
	}

	/**
	 * Returns the step's name.
	 * @return the name, without scope and number
	 */
	public String name() {
		String last = this.key.substring(this.key.lastIndexOf('/') + 1);
		int number = last.lastIndexOf('#');
		return (number > 0) ? last.substring(0, number) : last;
	}

	/**
	 * Returns the step as it is after another try.
	 * @param status where it stands
	 * @param attempts how often its body was called
	 * @param epoch the execution that writes it
	 * @param endedAt when it ended, or {@code null}
	 * @return the step
	 */
	public StepHead as(StepStatus status, int attempts, int epoch, @Nullable Long endedAt) {
		return new StepHead(this.key, this.position, this.kind, status, attempts, epoch, this.startedAt, endedAt,
				this.dueAt);
	}

}
