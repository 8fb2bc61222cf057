package buddy.workflow;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a run is queued. Immutable: each method returns a changed copy.
 */
public final class SubmitOptions {

	private static final SubmitOptions NONE = new SubmitOptions(0, Duration.ZERO, null, false);

	private static final int HIGHEST = 1000;

	private final int priority;

	private final Duration delay;

	private final StartOptions.@Nullable Idempotency idempotency;

	private final boolean repeatable;

	private SubmitOptions(int priority, Duration delay, StartOptions.@Nullable Idempotency idempotency,
			boolean repeatable) {
		this.priority = priority;
		this.delay = delay;
		this.idempotency = idempotency;
		this.repeatable = repeatable;
	}

	/**
	 * Returns options for a run that is executed as soon as a node is free.
	 * @return the options
	 */
	public static SubmitOptions none() {
		return NONE;
	}

	/**
	 * Sets the priority. Of the runs that are due, those of a higher priority are
	 * executed first.
	 * @param priority the priority, from -1000 to 1000; default is 0
	 * @return the changed options
	 */
	public SubmitOptions priority(int priority) {
		if (Math.abs(priority) > HIGHEST) {
			throw new IllegalArgumentException("'priority' must be -1000 to 1000, not " + priority);
		}
		return new SubmitOptions(priority, this.delay, this.idempotency, this.repeatable);
	}

	/**
	 * Sets how long the run waits before it is executed.
	 * @param delay the time, not negative; default is zero
	 * @return the changed options
	 */
	public SubmitOptions delay(Duration delay) {
		if (delay.isNegative()) {
			throw new IllegalArgumentException("'delay' must not be negative, but is " + delay);
		}
		return new SubmitOptions(this.priority, delay, this.idempotency, this.repeatable);
	}

	/**
	 * Sets a key with which only one run of the workflow and user is queued. A second
	 * call with it returns the handle of the first run.
	 * @param key the key
	 * @return the changed options
	 */
	public SubmitOptions idempotencyKey(String key) {
		return new SubmitOptions(this.priority, this.delay, new StartOptions.Idempotency(key, ""), true);
	}

	/**
	 * Sets an idempotency key and what was asked for. A second call with the key throws
	 * {@link buddy.session.IdempotencyKeyUsedException}, which has the id of the first
	 * run.
	 * @param key the key
	 * @param request the content of the request, as text, by which a repeated request is
	 * told from another one with the same key
	 * @return the changed options
	 */
	public SubmitOptions idempotent(String key, String request) {
		return new SubmitOptions(this.priority, this.delay, new StartOptions.Idempotency(key, request), false);
	}

	/**
	 * Returns the priority.
	 * @return the priority
	 */
	public int priority() {
		return this.priority;
	}

	/**
	 * Returns how long the run waits before it is executed.
	 * @return the time
	 */
	public Duration delay() {
		return this.delay;
	}

	/**
	 * Returns what identifies a repeated request.
	 * @return the key and the request, or {@code null} if every call queues a run
	 */
	public StartOptions.@Nullable Idempotency idempotency() {
		return this.idempotency;
	}

	/**
	 * Returns whether a second call with the same idempotency key returns the first run.
	 * @return whether it does; otherwise it is refused
	 */
	public boolean isRepeatable() {
		return this.repeatable;
	}

}
