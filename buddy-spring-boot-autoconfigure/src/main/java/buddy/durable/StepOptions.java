package buddy.durable;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * How a step is executed.
 *
 * <p>
 * Immutable: each method returns a changed copy.
 */
public final class StepOptions {

	private static final StepOptions DEFAULTS = new StepOptions();

	/** For longer than that no thread waits for the next attempt. */
	private static final Duration LONGEST_IN_PLACE = Duration.ofSeconds(10);

	private StepMode mode = StepMode.AT_LEAST_ONCE;

	private int attempts = 1;

	private Duration backoff = Duration.ofMillis(500);

	private Duration maxBackoff = Duration.ofSeconds(30);

	private Duration timeout = Duration.ZERO;

	private List<Class<? extends Throwable>> retryOn = List.of();

	private List<Class<? extends Exception>> rethrows = List.of();

	private @Nullable Callable<StepOutcome> reconcile;

	private @Nullable QuestionOptions interruptedQuestion;

	private @Nullable String digest;

	private StepOptions() {
	}

	private StepOptions changed(Consumer<StepOptions> change) {
		StepOptions changed = new StepOptions();
		changed.mode = this.mode;
		changed.attempts = this.attempts;
		changed.backoff = this.backoff;
		changed.maxBackoff = this.maxBackoff;
		changed.timeout = this.timeout;
		changed.retryOn = this.retryOn;
		changed.rethrows = this.rethrows;
		changed.reconcile = this.reconcile;
		changed.interruptedQuestion = this.interruptedQuestion;
		changed.digest = this.digest;
		change.accept(changed);
		return changed;
	}

	/**
	 * Returns the defaults: at least once, one attempt, no time limit.
	 * @return the options
	 */
	public static StepOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns the defaults with a mode.
	 * @param mode what a crash means for the step's body
	 * @return the options
	 */
	public static StepOptions of(StepMode mode) {
		return DEFAULTS.mode(mode);
	}

	/**
	 * Sets what a crash in the midst of the step means for its body.
	 * @param mode the mode; default is {@link StepMode#AT_LEAST_ONCE}
	 * @return the changed options
	 */
	public StepOptions mode(StepMode mode) {
		return changed((options) -> options.mode = mode);
	}

	/**
	 * Sets how often the body is called at the most before its failure counts.
	 * @param attempts the number of calls; default is 1
	 * @return the changed options
	 */
	public StepOptions attempts(int attempts) {
		if (attempts < 1) {
			throw new IllegalArgumentException("'attempts' must be 1 or more, not " + attempts);
		}
		return changed((options) -> options.attempts = attempts);
	}

	/**
	 * Sets how long to wait between two attempts: the first time, and twice as long with
	 * each one that follows. Up to a fifth is taken off or added by chance. For a wait of
	 * more than 10 s the run pauses, where it can; it goes on when that is over.
	 * @param first the first wait; default is 500 ms
	 * @param most the longest wait; default is 30 s
	 * @return the changed options
	 */
	public StepOptions backoff(Duration first, Duration most) {
		if (first.isNegative() || most.compareTo(first) < 0) {
			throw new IllegalArgumentException(
					"'first' must not be negative, and 'most' not less than it: " + first + ", " + most);
		}
		return changed((options) -> {
			options.backoff = first;
			options.maxBackoff = most;
		});
	}

	/**
	 * Sets after which failures the body is called again; default is after every
	 * {@link Exception} that {@link #rethrows} does not name.
	 * @param types the types of the exceptions
	 * @return the changed options
	 */
	@SafeVarargs
	public final StepOptions retryOn(Class<? extends Throwable>... types) {
		List<Class<? extends Throwable>> all = List.of(types);
		return changed((options) -> options.retryOn = all);
	}

	/**
	 * Sets how long one attempt may take. The limit is cooperative: agents and
	 * {@code cancelled()} see it, and nothing is interrupted.
	 * @param timeout the time; zero, the default, for as long as it likes
	 * @return the changed options
	 */
	public StepOptions timeout(Duration timeout) {
		if (timeout.isNegative()) {
			throw new IllegalArgumentException("'timeout' must not be negative, but is " + timeout);
		}
		return changed((options) -> options.timeout = timeout);
	}

	/**
	 * Names the exceptions that the run's code catches: a run that is continued gets them
	 * as what they were, with their message. Every other failure of the step comes back
	 * as a {@link StepFailedException}.
	 * @param types the types; each needs a constructor that takes a message, or none
	 * @return the changed options
	 */
	@SafeVarargs
	public final StepOptions rethrows(Class<? extends Exception>... types) {
		List<Class<? extends Exception>> all = List.of(types);
		all.forEach(RecordedFailure::requireRebuildable);
		return changed((options) -> options.rethrows = all);
	}

	/**
	 * Sets what asks the other system whether the body has happened, where a step that
	 * runs at most once was interrupted.
	 * @param reconcile asks, for example by {@code stepKey()}; it must not do anything
	 * @return the changed options
	 */
	public StepOptions reconcile(Callable<StepOutcome> reconcile) {
		return changed((options) -> options.reconcile = reconcile);
	}

	/**
	 * Lets the run ask a person whether the body has happened, where a step that runs at
	 * most once was interrupted and {@link #reconcile} does not know. The answer is an
	 * {@link InterruptedStepAnswer} with the step's result. Without this, the run stops
	 * with the reason {@code step_interrupted}.
	 * @param question who is asked, what is shown, and for how long it is open; a default
	 * is an {@link InterruptedStepAnswer} as well
	 * @return the changed options
	 */
	public StepOptions askIfInterrupted(QuestionOptions question) {
		return changed((options) -> options.interruptedQuestion = question);
	}

	/**
	 * Sets what the step works on, such as an order and an amount. A digest of it is
	 * recorded with the step. A run that is continued and calls the step with another
	 * input is stopped, with the reason {@code step_mismatch}, and gets no result that
	 * belongs to something else.
	 * @param values the values, which Jackson writes as JSON; maps are compared without
	 * regard to their order, numbers by their value, sets as they come
	 * @return the changed options
	 * @throws buddy.json.UnstorableValueException if one cannot be written
	 */
	public StepOptions input(@Nullable Object... values) {
		String input = InputDigest.of(values);
		return changed((options) -> options.digest = input);
	}

	/**
	 * Returns what a crash in the midst of the step means for its body.
	 * @return the mode
	 */
	public StepMode mode() {
		return this.mode;
	}

	/**
	 * Returns how long one attempt may take.
	 * @return the time, zero for as long as it likes
	 */
	public Duration timeout() {
		return this.timeout;
	}

	/**
	 * Returns the exceptions that come back as what they were.
	 * @return the types
	 */
	public List<Class<? extends Exception>> rethrows() {
		return this.rethrows;
	}

	/**
	 * Returns what asks the other system whether the body has happened.
	 * @return what asks, or {@code null}
	 */
	public @Nullable Callable<StepOutcome> reconcile() {
		return this.reconcile;
	}

	/**
	 * Returns how a person is asked whether the body has happened.
	 * @return the options of the question, or {@code null} if nobody is asked
	 */
	public @Nullable QuestionOptions interruptedQuestion() {
		return this.interruptedQuestion;
	}

	/**
	 * Checks that the options fit each other.
	 * @param step the name of the step, for the message
	 * @throws IllegalArgumentException if one of them has no effect beside another one
	 */
	public void requireConsistent(String step) {
		if (this.mode == StepMode.AT_MOST_ONCE && this.attempts > 1) {
			throw new IllegalArgumentException("Step '" + step + "' runs at most once and cannot have " + this.attempts
					+ " attempts: take 'attempts' out, or choose another mode");
		}
		String onlyOnce = (this.reconcile != null) ? "reconcile"
				: (this.interruptedQuestion != null) ? "askIfInterrupted" : null;
		if (this.mode != StepMode.AT_MOST_ONCE && onlyOnce != null) {
			throw new IllegalArgumentException(
					"Step '" + step + "' has a '" + onlyOnce + "', which only steps that run at most once have: add"
							+ " mode(StepMode.AT_MOST_ONCE), or take '" + onlyOnce + "' out");
		}
	}

	/**
	 * Returns a digest of what the step works on.
	 * @return the digest in hexadecimal form, or {@code null} if that is not compared
	 */
	public @Nullable String digest() {
		return this.digest;
	}

	/**
	 * Tells whether the body is called again after a failure.
	 * @param failure the failure
	 * @param attempt how often it was called
	 * @return whether it is
	 */
	public boolean retries(Throwable failure, int attempt) {
		if (attempt >= this.attempts || this.mode == StepMode.AT_MOST_ONCE) {
			return false;
		}
		return this.retryOn.isEmpty() ? failure instanceof Exception && !isAny(this.rethrows, failure)
				: isAny(this.retryOn, failure);
	}

	private static boolean isAny(List<? extends Class<? extends Throwable>> types, Throwable failure) {
		return types.stream().anyMatch((type) -> type.isInstance(failure));
	}

	/**
	 * Tells whether the wait before the next attempt is too long to hold a thread.
	 * @param attempt how often the body was called
	 * @return whether the run pauses meanwhile, where it can
	 */
	public boolean pausesAfter(int attempt) {
		return backoffMillis(attempt) > LONGEST_IN_PLACE.toMillis();
	}

	/**
	 * Returns how long to wait before the next attempt.
	 * @param attempt how often the body was called
	 * @return the time, with some chance in it
	 */
	public Duration backoff(int attempt) {
		return Duration
			.ofMillis(Math.round(backoffMillis(attempt) * (0.8 + ThreadLocalRandom.current().nextDouble(0.4))));
	}

	private long backoffMillis(int attempt) {
		long millis = this.backoff.toMillis();
		for (int i = 1; i < attempt && millis < this.maxBackoff.toMillis(); i++) {
			millis *= 2;
		}
		return Math.min(millis, this.maxBackoff.toMillis());
	}

}
