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
 * @param dueAt when it is due, in milliseconds of the store's clock, or {@code null}
 */
public record StepHead(String key, int position, StepKind kind, StepStatus status, int attempts, int epoch,
		long startedAt, @Nullable Long endedAt, @Nullable Long dueAt) {

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
