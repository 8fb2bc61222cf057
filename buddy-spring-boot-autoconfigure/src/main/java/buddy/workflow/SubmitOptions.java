package buddy.workflow;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a run is queued. Immutable: each method returns a changed copy.
 */
public final class SubmitOptions {

	private static final SubmitOptions NONE = new SubmitOptions();

	private static final int HIGHEST = 1000;

	private static final int LONGEST_KEY = 255;

	private int priority;

	private Duration delay = Duration.ZERO;

	private @Nullable String key;

	private Once once = Once.NO;

	private StartOptions.@Nullable Idempotency idempotency;

	private boolean repeatable;

	private SubmitOptions() {
	}

	private SubmitOptions(SubmitOptions other) {
		this.priority = other.priority;
		this.delay = other.delay;
		this.key = other.key;
		this.once = other.once;
		this.idempotency = other.idempotency;
		this.repeatable = other.repeatable;
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
		SubmitOptions changed = new SubmitOptions(this);
		changed.priority = priority;
		return changed;
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
		SubmitOptions changed = new SubmitOptions(this);
		changed.delay = delay;
		return changed;
	}

	/**
	 * Sets the key by which runs of the workflow are limited together, such as a user or
	 * a tenant.
	 * @param key 1 to 255 characters
	 * @return the changed options
	 * @see QueueLimits
	 */
	public SubmitOptions key(String key) {
		if (key.isBlank() || key.length() > LONGEST_KEY) {
			throw new IllegalArgumentException("'key' must have 1 to 255 characters, but is '" + key + "'");
		}
		SubmitOptions changed = new SubmitOptions(this);
		changed.key = key;
		return changed;
	}

	/**
	 * Queues nothing while another queued run of the workflow with the same key has not
	 * ended, and returns the handle of that run.
	 * @return the changed options
	 */
	public SubmitOptions singleton() {
		SubmitOptions changed = new SubmitOptions(this);
		changed.once = Once.FIRST;
		return changed;
	}

	/**
	 * Executes only the last of several runs of the workflow with the same key, once none
	 * was queued for some time. A run that is replaced by a later one is cancelled.
	 * @param quiet the time, which is the delay of the run
	 * @return the changed options
	 */
	public SubmitOptions debounce(Duration quiet) {
		SubmitOptions changed = delay(quiet);
		changed.once = Once.LAST;
		return changed;
	}

	/**
	 * Sets a key with which only one run of the workflow and user is ever queued. A
	 * second call with it returns the handle of the first run.
	 * @param key the key
	 * @return the changed options
	 */
	public SubmitOptions idempotencyKey(String key) {
		SubmitOptions changed = idempotent(key, "");
		changed.repeatable = true;
		return changed;
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
		SubmitOptions changed = new SubmitOptions(this);
		changed.idempotency = new StartOptions.Idempotency(key, request);
		changed.repeatable = false;
		return changed;
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
	 * Returns the key by which runs are limited together.
	 * @return the key, or {@code null}
	 */
	public @Nullable String key() {
		return this.key;
	}

	/**
	 * Returns what happens while another run with the same key has not ended.
	 * @return what happens
	 */
	public Once once() {
		return this.once;
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

	/**
	 * What happens while another run with the same key has not ended.
	 */
	public enum Once {

		/** The runs do not matter to each other. */
		NO,

		/** The first run stays the only one until it has ended. */
		FIRST,

		/** The last run replaces one that is still queued. */
		LAST

	}

}
