package buddy.durable;

/**
 * What a crash in the midst of a step means for its body.
 */
public enum StepMode {

	/**
	 * The body is called again: it runs at least once. For what may be repeated, such as
	 * a look-up, or a call with {@code stepKey()} as its idempotency key.
	 */
	AT_LEAST_ONCE,

	/**
	 * The body is not called again by itself: the step is stored as started before it,
	 * and a run that finds it so asks {@link StepOptions#reconcile}, or stops, since it
	 * does not know whether it happened. For what must not be repeated and has no
	 * idempotency key.
	 */
	AT_MOST_ONCE,

	/**
	 * The body's writes to the application's own database, by JPA or JDBC, and the step's
	 * result are committed together: once, as far as that database goes.
	 */
	TRANSACTIONAL

}
