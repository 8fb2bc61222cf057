package buddy.workflow.internal.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.storage.StoredSchedule;
import buddy.storage.StoredSchedule.Call;
import buddy.storage.StoredSchedule.State;
import buddy.storage.StoredSchedule.Timing;
import buddy.workflow.MissedFires;
import buddy.workflow.Schedule;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.ScheduleSource;

/**
 * Translates between schedules and their stored form.
 */
final class Schedules {

	/** Of those who change a schedule at once, one is the first each time. */
	static final int TRIES = 50;

	private Schedules() {
	}

	static Timing timing(ScheduleDefinition definition) {
		Duration every = definition.every();
		return new Timing(definition.cron(), (every != null) ? every.toMillis() : null,
				Objects.requireNonNullElse(definition.zone(), FireTimes.UTC), definition.missed().name());
	}

	static Call call(ScheduleDefinition definition) {
		return new Call(
				StorableJson.require("The input of schedule '" + definition.scheduleId() + "'", definition.input()),
				definition.userId(), definition.sessionId());
	}

	static ScheduleDefinition definition(StoredSchedule stored) {
		Timing timing = stored.timing();
		Call call = stored.call();
		Long every = timing.everyMillis();
		return new ScheduleDefinition(stored.scheduleId(), stored.workflowId(), timing.cron(),
				(every != null) ? Duration.ofMillis(every) : null, timing.zone(), input(call), call.userId(),
				call.sessionId(), MissedFires.valueOf(timing.missed()));
	}

	private static Map<String, @Nullable Object> input(Call call) {
		return Json.readMap(call.input());
	}

	static Schedule schedule(StoredSchedule stored) {
		State state = stored.state();
		return new Schedule(definition(stored), ScheduleSource.valueOf(stored.source()), state.paused(),
				Instant.ofEpochMilli(stored.createdAt()), Instant.ofEpochMilli(stored.updatedAt()),
				instant(state.nextFireAt()), instant(state.lastFireAt()), state.lastRunId());
	}

	private static @Nullable Instant instant(@Nullable Long millis) {
		return (millis != null) ? Instant.ofEpochMilli(millis) : null;
	}

	/** Tells whether two calls are the same, however their JSON is written. */
	static boolean sameCall(Call one, Call other) {
		return Objects.equals(one.userId(), other.userId()) && Objects.equals(one.sessionId(), other.sessionId())
				&& input(one).equals(input(other));
	}

}
