package buddy.workflow.internal.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

import buddy.engine.RunEngine;
import buddy.engine.RunEngine.Change;
import buddy.engine.RunEngine.Outcome;
import buddy.engine.RunTicket;
import buddy.session.SessionConcurrency;
import buddy.storage.FlowLimit;
import buddy.storage.RunQueue;
import buddy.storage.RunQueue.Admission;
import buddy.storage.StoredRun;
import buddy.workflow.QueueLimits;
import buddy.workflow.internal.live.QueuedCall;
import buddy.workflow.internal.live.RunRecipe;

/**
 * Lets queued runs in as their limits allow. A run that is held by a limit has a ticket
 * for much later; whoever releases a run that counted wakes the first that is held.
 */
final class FlowControl {

	/** Held runs are woken; this is for those that nobody woke. */
	private static final Duration HELD_FOR = Duration.ofMinutes(10);

	private final RunQueue queue;

	private final RunEngine engine;

	/** Runs whose ticket was in use when they were to be woken. */
	private final Map<String, RunTicket> toWake = new ConcurrentHashMap<>();

	FlowControl(RunQueue queue, RunEngine engine) {
		this.queue = queue;
		this.engine = engine;
	}

	/**
	 * Returns the limits of a run.
	 * @param run the run
	 * @param limits the limits of its workflow
	 * @param concurrency how it shares its session; a run that needs it for itself is
	 * held, instead of a thread that waits
	 */
	List<FlowLimit> limits(StoredRun run, QueueLimits limits, SessionConcurrency concurrency) {
		QueuedCall call = RunRecipe.of(run).queued();
		String key = (call != null) ? call.key() : null;
		List<FlowLimit> all = new ArrayList<>();
		add(all, "workflow " + run.workflowId(), limits.concurrency(), limits.rate());
		if (key != null) {
			add(all, "key " + run.workflowId() + " " + key, limits.concurrencyPerKey(), limits.ratePerKey());
		}
		if (concurrency.isExclusive()) {
			all.add(new FlowLimit("session " + run.sessionId(), 1, 0, Duration.ZERO));
		}
		return all;
	}

	private static void add(List<FlowLimit> limits, String key, @Nullable Integer concurrency,
			QueueLimits.@Nullable Rate rate) {
		if (concurrency != null || rate != null) {
			limits.add(new FlowLimit(key, (concurrency != null) ? concurrency : 0, (rate != null) ? rate.runs() : 0,
					(rate != null) ? rate.per() : Duration.ZERO));
		}
	}

	/**
	 * Returns what becomes of the ticket of a run that is not let in, or null if it is.
	 */
	@Nullable Outcome admit(String runId, List<FlowLimit> limits) {
		if (limits.isEmpty()) {
			return null;
		}
		Admission admission = this.queue.admit(runId, limits);
		if (admission.admitted()) {
			return null;
		}
		Duration after = admission.after();
		if (after != null) {
			return Outcome.againAfter(after);
		}
		// there may be room for others at the limits that are not reached
		List<FlowLimit> free = limits.stream().filter((limit) -> !limit.key().equals(admission.heldBy())).toList();
		free.forEach((limit) -> wake(this.queue.firstHeld(limit.key(), runId)));
		long jitter = ThreadLocalRandom.current().nextLong(HELD_FOR.toMillis() / 5);
		return Outcome.againAfter(HELD_FOR.plusMillis(jitter));
	}

	/** Lets a run count no more, and wakes those that wait for that. */
	void release(String runId, List<FlowLimit> limits) {
		if (!limits.isEmpty()) {
			wake(this.queue.release(runId, limits));
		}
	}

	/** Wakes the first run that each limit holds, in case that nobody did. */
	void wakeFirst() {
		wake(this.queue.firstHeld());
	}

	/** Wakes those again whose ticket was in use. */
	void wakeAgain() {
		for (RunTicket ticket : this.toWake.values()) {
			if (this.engine.delay(ticket) != Change.IN_USE) {
				this.toWake.remove(ticket.runId());
			}
		}
	}

	private void wake(List<RunQueue.Entry> held) {
		for (RunQueue.Entry entry : held) {
			RunTicket ticket = new RunTicket(entry.workflowId(), entry.runId(), entry.priority(), Duration.ZERO);
			switch (this.engine.delay(ticket)) {
				case DONE -> this.toWake.remove(entry.runId());
				case IN_USE -> this.toWake.put(entry.runId(), ticket);
				case MISSING -> this.engine.addMissing(List.of(ticket));
			}
		}
		if (!held.isEmpty()) {
			this.engine.wake();
		}
	}

}
