package buddy.workflow.internal.registry;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import buddy.session.Ids;
import buddy.session.InvalidIdException;
import buddy.session.UserRequiredException;
import buddy.storage.ScheduleStore;
import buddy.storage.StoredSchedule;
import buddy.storage.StoredSchedule.Call;
import buddy.storage.StoredSchedule.State;
import buddy.storage.StoredSchedule.Timing;
import buddy.workflow.InvalidScheduleException;
import buddy.workflow.Schedule;
import buddy.workflow.ScheduleDeclaredException;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.ScheduleExistsException;
import buddy.workflow.ScheduleNotFoundException;
import buddy.workflow.ScheduleSource;
import buddy.workflow.SubmitOptions;
import buddy.workflow.WorkflowSchedules;
import buddy.workflow.internal.live.DaemonThreads;

/**
 * Stores schedules, and tells the engine when they fire.
 */
public final class DefaultWorkflowSchedules implements WorkflowSchedules {

	/** Nothing of the calling thread, such as who has signed in, is there at a fire. */
	private static final Executor THREADS = DaemonThreads.named("buddy-schedule-");

	private final RegisteredWorkflows workflows;

	private final ScheduledRuns scheduled;

	private final ScheduleStore store;

	DefaultWorkflowSchedules(RegisteredWorkflows workflows, ScheduledRuns scheduled) {
		this.workflows = workflows;
		this.scheduled = scheduled;
		this.store = scheduled.store();
	}

	@Override
	public List<Schedule> list(@Nullable String after, int limit) {
		return this.store.list(after, limit).stream().map(Schedules::schedule).toList();
	}

	@Override
	public Optional<Schedule> find(String scheduleId) {
		return this.store.find(scheduleId).map(Schedules::schedule);
	}

	/**
	 * Checks that a schedule can fire, and stores nothing.
	 * @param definition the schedule
	 */
	public void check(ScheduleDefinition definition) {
		FireTimes.of(definition);
		requireId(definition, "schedule_id", () -> Ids.requireSessionId(definition.scheduleId()));
		requireId(definition, "user_id", () -> Ids.requireUserId(definition.userId()));
		if (definition.sessionId() != null) {
			requireId(definition, "session_id", () -> Ids.requireSessionId(definition.sessionId()));
		}
		Schedules.call(definition);
		this.workflows.require(definition.workflowId());
		try {
			apart(() -> {
				this.scheduled.runs().check(definition);
				return definition;
			});
		}
		catch (UserRequiredException ex) {
			throw new InvalidScheduleException(definition, "user_id",
					"a run needs a user, and nobody has signed in when it fires; set the user of the schedule", ex);
		}
		catch (IllegalStateException ex) {
			throw new InvalidScheduleException(definition, "workflow_id", String.valueOf(ex.getMessage()), ex);
		}
	}

	private static void requireId(ScheduleDefinition definition, String field, Supplier<@Nullable String> check) {
		try {
			check.get();
		}
		catch (InvalidIdException ex) {
			throw new InvalidScheduleException(definition, field,
					"its " + field.replace('_', ' ') + " is not allowed; use "
							+ (field.equals("user_id")
									? "1 to " + Ids.MAX_USER_ID + " characters without control characters"
									: "1 to " + Ids.MAX_SESSION_ID + " ASCII letters, digits and . _ : @ -"),
					ex);
		}
	}

	private static <T> T apart(Supplier<T> work) {
		try {
			return CompletableFuture.supplyAsync(work, THREADS).join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof RuntimeException cause) {
				throw cause;
			}
			throw ex;
		}
	}

	@Override
	public Schedule create(ScheduleDefinition definition) {
		check(definition);
		if (!insert(definition, ScheduleSource.API)) {
			throw new ScheduleExistsException(definition.scheduleId());
		}
		return require(definition.scheduleId());
	}

	private boolean insert(ScheduleDefinition definition, ScheduleSource source) {
		long now = this.store.now();
		StoredSchedule schedule = new StoredSchedule(definition.scheduleId(), definition.workflowId(),
				Schedules.timing(definition), Schedules.call(definition), source.name(), now, now,
				new State(false, first(definition, now), null, null), 0);
		this.scheduled.runs().start();
		if (!this.store.insert(schedule)) {
			return false;
		}
		this.scheduled.ticket(schedule);
		return true;
	}

	private static Long first(ScheduleDefinition definition, long now) {
		Long first = FireTimes.of(definition).next(now, now);
		if (first == null) {
			throw new InvalidScheduleException(definition, "cron",
					"its cron expression '" + definition.cron() + "' never fires again", null);
		}
		return first;
	}

	/**
	 * Stores a declared schedule, unless it is stored as it is. A paused one stays
	 * paused.
	 * @param definition the schedule, which was checked
	 * @param source where it is declared
	 * @throws ScheduleExistsException if there is one with the same id that is not
	 * declared, or that belongs to another workflow
	 */
	public void declare(ScheduleDefinition definition, ScheduleSource source) {
		StoredSchedule stored = this.store.find(definition.scheduleId()).orElse(null);
		if (stored == null && insert(definition, source)) {
			return;
		}
		change(definition.scheduleId(), (schedule) -> {
			if (!ScheduleSource.valueOf(schedule.source()).isDeclared()
					|| !schedule.workflowId().equals(definition.workflowId())) {
				throw new ScheduleExistsException(definition.scheduleId());
			}
			return changed(schedule, definition, source);
		});
	}

	@Override
	public Schedule update(ScheduleDefinition definition) {
		check(definition);
		return change(definition.scheduleId(), (stored) -> {
			requireUndeclared(stored);
			if (!stored.workflowId().equals(definition.workflowId())) {
				throw new InvalidScheduleException(definition, "workflow_id",
						"it belongs to workflow '" + stored.workflowId() + "'; create another schedule", null);
			}
			return changed(stored, definition, ScheduleSource.API);
		});
	}

	private static void requireUndeclared(StoredSchedule stored) {
		Schedule schedule = Schedules.schedule(stored);
		if (schedule.source().isDeclared()) {
			throw new ScheduleDeclaredException(schedule);
		}
	}

	private StoredSchedule changed(StoredSchedule stored, ScheduleDefinition definition, ScheduleSource source) {
		Timing timing = Schedules.timing(definition);
		Call call = Schedules.call(definition);
		boolean sameCall = Schedules.sameCall(stored.call(), call);
		if (timing.equals(stored.timing()) && sameCall && source.name().equals(stored.source())) {
			return stored;
		}
		long now = this.store.now();
		State state = stored.state();
		Long next = state.nextFireAt();
		// a fire time of another user is another run, so that it is not begun twice
		boolean overdue = next != null && next <= now && !Objects.equals(stored.call().userId(), call.userId());
		if (next != null && (overdue || !timing.equals(stored.timing()))) {
			state = state.next(first(definition, now));
		}
		return new StoredSchedule(stored.scheduleId(), stored.workflowId(), timing, sameCall ? stored.call() : call,
				source.name(), stored.createdAt(), now, state, stored.version());
	}

	@Override
	public Schedule pause(String scheduleId) {
		return change(scheduleId, (stored) -> stored.state().paused() ? stored : paused(stored, true, null));
	}

	@Override
	public Schedule resume(String scheduleId) {
		return change(scheduleId, (stored) -> stored.state().paused()
				? paused(stored, false, first(Schedules.definition(stored), this.store.now())) : stored);
	}

	private StoredSchedule paused(StoredSchedule stored, boolean paused, @Nullable Long next) {
		State state = stored.state();
		return new StoredSchedule(stored.scheduleId(), stored.workflowId(), stored.timing(), stored.call(),
				stored.source(), stored.createdAt(), this.store.now(),
				new State(paused, next, state.lastFireAt(), state.lastRunId()), stored.version());
	}

	/** Changes a schedule as it is stored at that time. */
	private Schedule change(String scheduleId, UnaryOperator<StoredSchedule> change) {
		for (int tries = 0; tries < Schedules.TRIES; tries++) {
			StoredSchedule stored = this.store.find(scheduleId)
				.orElseThrow(() -> new ScheduleNotFoundException(scheduleId));
			StoredSchedule changed = change.apply(stored);
			if (changed == stored) {
				return Schedules.schedule(stored);
			}
			this.scheduled.runs().start();
			if (this.store.replace(changed)) {
				this.scheduled.ticket(changed);
				return Schedules.schedule(changed);
			}
		}
		throw new IllegalStateException("Schedule '" + scheduleId + "' is changed by others all the time; try again");
	}

	@Override
	public boolean delete(String scheduleId) {
		StoredSchedule stored = this.store.find(scheduleId).orElse(null);
		if (stored == null) {
			return false;
		}
		if (this.workflows.find(stored.workflowId()).isPresent()) {
			requireUndeclared(stored);
		}
		return this.scheduled.delete(stored);
	}

	/**
	 * Deletes a schedule that is declared no more.
	 * @param scheduleId the schedule
	 */
	public void undeclare(String scheduleId) {
		this.store.find(scheduleId).ifPresent(this.scheduled::delete);
	}

	@Override
	public String fireNow(String scheduleId) {
		ScheduleDefinition definition = require(scheduleId).definition();
		return apart(() -> this.scheduled.runs().submit(definition, SubmitOptions.none()));
	}

	private Schedule require(String scheduleId) {
		return find(scheduleId).orElseThrow(() -> new ScheduleNotFoundException(scheduleId));
	}

}
