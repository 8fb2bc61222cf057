package buddy.durable.internal;

import java.util.List;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunPause;
import buddy.run.RunPausedException;
import buddy.run.RunWait;

/**
 * Stops a run at once, and stays: every later call of buddy in this execution of the run
 * throws it again. It is an {@code Error}, so that code that catches exceptions does not
 * swallow it.
 */
public final class RunSignal extends Error {

	private final Kind kind;

	private final RuntimeException told;

	private final @Nullable String reason;

	private final List<RunPause.Wait> waits;

	private final List<String> nested;

	private RunSignal(Kind kind, RuntimeException told, @Nullable String reason) {
		this(kind, told, reason, List.of(), List.of());
	}

	private RunSignal(Kind kind, RuntimeException told, @Nullable String reason, List<RunPause.Wait> waits,
			List<String> nested) {
		super(told.getMessage(), told, false, false);
		this.kind = kind;
		this.told = told;
		this.reason = reason;
		this.waits = waits;
		this.nested = nested;
	}

	/**
	 * Another execution goes on with the run: this one stores nothing any more.
	 * @param told what the caller of this execution gets
	 * @return the signal
	 */
	public static RunSignal fenced(RuntimeException told) {
		return new RunSignal(Kind.FENCED, told, null);
	}

	/**
	 * The run cannot go on as it stands: it ends as an error that can be tried again, and
	 * its session stays as it is.
	 * @param told what the caller of this execution gets
	 * @param reason why, as the run's record has it
	 * @return the signal
	 */
	public static RunSignal parked(RuntimeException told, String reason) {
		return new RunSignal(Kind.PARKED, told, reason);
	}

	/**
	 * The run was only compared with its journal, and the end of that is reached.
	 * @param key the key of the step that would be executed next
	 * @return the signal
	 */
	public static RunSignal verified(String key) {
		return new RunSignal(Kind.VERIFIED, new EndOfJournalException(key), null);
	}

	/**
	 * A branch of a run that is only compared with its journal is at the end of that, and
	 * other branches go on.
	 * @param runId the run
	 * @param key the key of the step that would be executed next
	 * @return the signal
	 */
	static RunSignal over(String runId, String key) {
		RunWait next = new RunWait(RunWait.TIME, runId, key, null, null, null);
		return new RunSignal(Kind.PAUSED, new RunPausedException(runId, List.of(next)), null);
	}

	/**
	 * The run, or a branch of it, waits for a person or a time.
	 * @param told what the caller of this execution gets
	 * @param wait what it waits for
	 * @return the signal
	 */
	public static RunSignal paused(RunPausedException told, RunPause.Wait wait) {
		return new RunSignal(Kind.PAUSED, told, null, List.of(wait), List.of());
	}

	/**
	 * A run that was called has paused.
	 * @param told what the caller of this execution gets
	 * @param runId the run that was called
	 * @return the signal
	 */
	public static RunSignal pausedIn(RunPausedException told, String runId) {
		return new RunSignal(Kind.PAUSED, told, null, List.of(), List.of(runId));
	}

	/**
	 * Several branches of a run wait.
	 * @param runId the run
	 * @param branches their signals
	 * @return one signal for all of them
	 */
	public static RunSignal paused(String runId, List<RunSignal> branches) {
		List<RunWait> waitsFor = branches.stream()
			.flatMap((branch) -> ((RunPausedException) branch.told).waitsFor().stream())
			.toList();
		return new RunSignal(Kind.PAUSED, new RunPausedException(runId, waitsFor), null,
				branches.stream().flatMap((branch) -> branch.waits.stream()).toList(),
				branches.stream().flatMap((branch) -> branch.nested.stream()).toList());
	}

	/**
	 * Finds the signal that a failure comes from.
	 * @param failure what was thrown
	 * @return the signal in it or in its causes, or {@code null}
	 */
	public static @Nullable RunSignal in(@Nullable Throwable failure) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < 50; depth++) {
			if (cause instanceof RunSignal signal) {
				return signal;
			}
			cause = cause.getCause();
		}
		return null;
	}

	/**
	 * Returns what is to become of the run.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * Returns what the caller of this execution gets.
	 * @return the exception
	 */
	public RuntimeException told() {
		return this.told;
	}

	/**
	 * Returns why a run is parked.
	 * @return the reason, as the run's record has it, or {@code null}
	 */
	public @Nullable String reason() {
		return this.reason;
	}

	/**
	 * Returns what a paused run waits for.
	 * @return the waits of its own
	 */
	public List<RunPause.Wait> waits() {
		return this.waits;
	}

	/**
	 * Returns the runs that a paused run has called, and that have paused themselves.
	 * @return their ids
	 */
	public List<String> nested() {
		return this.nested;
	}

	/**
	 * What is to become of the run.
	 */
	public enum Kind {

		/** It goes on elsewhere. */
		FENCED,

		/** It ends as an error that can be tried again. */
		PARKED,

		/** It goes on when what it waits for is there. */
		PAUSED,

		/** It was only compared with its journal. */
		VERIFIED

	}

}
