package buddy.workflow.internal.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.engine.RunEngine;
import buddy.engine.RunEngine.Outcome;
import buddy.engine.ScheduleTicket;
import buddy.storage.ScheduleStore;
import buddy.storage.StoredSchedule;
import buddy.storage.StoredSchedule.State;
import buddy.workflow.MissedFires;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.SubmitOptions;

/**
 * Queues the runs of schedules whose time has come.
 *
 * <p>
 * What counts is the next fire time that is stored with a schedule. A run is queued with
 * that time as its idempotency key before the time after it is stored, so that a node
 * that dies in between lets another one find the same run, and not begin a second one.
 */
final class ScheduledRuns {

	private static final Logger logger = LoggerFactory.getLogger(ScheduledRuns.class);

	/** A fire time is missed if it is so long ago. */
	private static final Duration LATE = Duration.ofMinutes(1);

	/** What could not be queued may be mended, by a new version perhaps. */
	private static final Duration TRIED_AGAIN = Duration.ofSeconds(30);

	private static final Duration AT_ONCE = Duration.ofMillis(1);

	private static final int PAGE = 200;

	private final ScheduleStore store;

	private final RunEngine engine;

	private final QueuedRuns runs;

	ScheduledRuns(ScheduleStore store, RunEngine engine, QueuedRuns runs) {
		this.store = store;
		this.engine = engine;
		this.runs = runs;
	}

	ScheduleStore store() {
		return this.store;
	}

	QueuedRuns runs() {
		return this.runs;
	}

	/** Looks at a schedule that the engine gives to this node. */
	Outcome fire(String workflowId, String scheduleId) {
		StoredSchedule schedule = this.store.find(scheduleId).orElse(null);
		Long due = (schedule != null) ? schedule.state().nextFireAt() : null;
		if (schedule == null || due == null || !schedule.workflowId().equals(workflowId)) {
			return Outcome.DONE; // deleted, or paused
		}
		long now = this.store.now();
		if (due > now) {
			return Outcome.againAfter(Duration.ofMillis(due - now));
		}
		ScheduleDefinition definition = Schedules.definition(schedule);
		Long next;
		State fired;
		try {
			next = FireTimes.of(definition).next(due, now);
			fired = fired(schedule, definition, due, now).next(next);
		}
		catch (RuntimeException ex) {
			logger.warn("Schedule '{}' could not begin a run of workflow '{}' for {}; this is tried again in {}",
					scheduleId, workflowId, Instant.ofEpochMilli(due), TRIED_AGAIN, ex);
			return Outcome.againAfter(TRIED_AGAIN);
		}
		if (!this.store.replace(schedule.with(fired))) {
			storeBegun(schedule, fired);
			return Outcome.againAfter(AT_ONCE);
		}
		return (next != null) ? Outcome.againAfter(Duration.ofMillis(Math.max(1, next - this.store.now())))
				: Outcome.DONE;
	}

	private State fired(StoredSchedule schedule, ScheduleDefinition definition, long due, long now) {
		if (definition.missed() == MissedFires.SKIP && now - due > LATE.toMillis()) {
			logger.info("Schedule '{}' of workflow '{}' has missed {}, which is skipped", schedule.scheduleId(),
					schedule.workflowId(), Instant.ofEpochMilli(due));
			return schedule.state();
		}
		String runId = this.runs.submit(definition,
				SubmitOptions.none().idempotencyKey("schedule " + schedule.scheduleId() + " " + due));
		logger.debug("Schedule '{}' has queued run '{}' of workflow '{}' for {}", schedule.scheduleId(), runId,
				schedule.workflowId(), Instant.ofEpochMilli(due));
		return schedule.state().fired(runId);
	}

	/** Stores the run that was begun with a schedule that was changed meanwhile. */
	private void storeBegun(StoredSchedule schedule, State fired) {
		for (int tries = 0; tries < Schedules.TRIES; tries++) {
			StoredSchedule changed = this.store.find(schedule.scheduleId()).orElse(null);
			if (changed == null || changed.createdAt() != schedule.createdAt()) {
				return; // deleted
			}
			State state = changed.state();
			State begun = new State(state.paused(), state.nextFireAt(), fired.lastFireAt(), fired.lastRunId());
			if (isStored(state.lastFireAt(), fired.lastFireAt()) || this.store.replace(changed.with(begun))) {
				return;
			}
		}
	}

	private static boolean isStored(@Nullable Long last, @Nullable Long fired) {
		return fired == null || (last != null && last >= fired);
	}

	/** Makes a schedule fire at its next time, if it has one. */
	void ticket(StoredSchedule schedule) {
		Long next = schedule.state().nextFireAt();
		if (next != null) {
			this.engine.schedule(ticket(schedule, next, this.store.now()));
		}
		else {
			this.engine.removeSchedule(schedule.workflowId(), schedule.scheduleId());
		}
	}

	/** Deletes a schedule, and returns whether there was one. */
	boolean delete(StoredSchedule schedule) {
		boolean deleted = this.store.delete(schedule.scheduleId());
		this.engine.removeSchedule(schedule.workflowId(), schedule.scheduleId());
		return deleted;
	}

	private static ScheduleTicket ticket(StoredSchedule schedule, long next, long now) {
		return new ScheduleTicket(schedule.workflowId(), schedule.scheduleId(),
				Duration.ofMillis(Math.max(0, next - now)));
	}

	/**
	 * Mends the tickets of schedules, and returns whether there are any that fire.
	 */
	boolean look() {
		boolean any = false;
		int lost = 0;
		List<StoredSchedule> page = this.store.list(null, PAGE);
		while (!page.isEmpty()) {
			List<ScheduleTicket> tickets = tickets(page);
			any |= !tickets.isEmpty();
			lost += tickets.isEmpty() ? 0 : this.engine.mendSchedules(tickets);
			page = (page.size() < PAGE) ? List.of() : this.store.list(page.get(page.size() - 1).scheduleId(), PAGE);
		}
		if (lost > 0) {
			logger.info("{} schedule(s) had no ticket for their next fire time, and have one now", lost);
		}
		return any;
	}

	private List<ScheduleTicket> tickets(List<StoredSchedule> schedules) {
		List<ScheduleTicket> tickets = new ArrayList<>();
		Long now = null;
		for (StoredSchedule schedule : schedules) {
			Long next = schedule.state().nextFireAt();
			if (next != null) {
				now = (now != null) ? now : this.store.now();
				tickets.add(ticket(schedule, next, now));
			}
		}
		return tickets;
	}

}
