package buddy.workflow.internal.execution;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunWaits;
import buddy.run.Cancellation;
import buddy.storage.OpenedSession;
import buddy.storage.StoredRun;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;
import buddy.workflow.internal.live.RunRequest;

/**
 * Limits how long runs may take over all of their pauses and executions. A run that is
 * called by another one ends no later than that.
 *
 * @param liveRuns cancels runs whose time is over
 * @param waits stores the deadlines, or {@code null} to keep them in this process only
 */
record RunDeadlines(LiveRuns liveRuns, @Nullable RunWaits waits) {

	/** What the record of a run tells that has not ended in time. */
	static final String REASON = "its deadline is over";

	/**
	 * Refuses a call whose time is over before it begins.
	 * @param request the call
	 * @param now the time
	 */
	static void requireTime(RunRequest request, Instant now) {
		Duration left = request.options().untilDeadline(now);
		if (request.continued() == null && left != null && isOver(left)) {
			throw new IllegalArgumentException("Workflow '" + request.workflow().workflowId()
					+ "' was called with a deadline that is over since " + left.negated() + "; give a later one");
		}
	}

	/**
	 * Sets the limit of a run that begins or goes on.
	 * @param live the run
	 * @param opened its session
	 * @param now the time
	 */
	void begin(LiveRun live, OpenedSession opened, Instant now) {
		RunWaits store = (live.inMainStore() && opened.recorded() && !opened.joined()) ? this.waits : null;
		ContinuedRun continued = live.request().continued();
		Duration left;
		if (continued != null && continued.run().deadline() != null && !continued.retry()) {
			left = earlier(left(continued.run(), store, now), ofCaller(live));
		}
		else {
			Duration own = live.request().options().untilDeadline(now);
			// a run that is tried again has its time anew
			boolean over = continued != null && own != null && isOver(own);
			left = earlier(over ? null : own, ofCaller(live));
			if (store != null && left != null) {
				store.limit(live.run().runId(), live.run().epoch(), left);
			}
		}
		if (left != null) {
			limit(live, left);
		}
	}

	private static @Nullable Duration left(StoredRun run, @Nullable RunWaits store, Instant now) {
		Long deadline = run.deadline();
		return (store != null) ? store.timeLeft(run.runId())
				: (deadline != null) ? Duration.between(now, Instant.ofEpochMilli(deadline)) : null;
	}

	private static @Nullable Duration ofCaller(LiveRun live) {
		return (live.request().parent() instanceof RunPart caller) ? caller.facts().live().timeLeft() : null;
	}

	private static boolean isOver(Duration left) {
		return left.isZero() || left.isNegative();
	}

	private static @Nullable Duration earlier(@Nullable Duration one, @Nullable Duration other) {
		return (one == null || other != null && other.compareTo(one) < 0) ? other : one;
	}

	private void limit(LiveRun live, Duration left) {
		live.endsWithin(left);
		if (isOver(left)) {
			live.cancellation().cancel(Cancellation.DEADLINE, REASON, Runnable::run);
		}
		else {
			live.whenOver(this.liveRuns.cancelAfter(live.cancellation(), left, Cancellation.DEADLINE, REASON));
		}
	}

}
