package buddy.web;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.session.Ids;
import buddy.workflow.MissedFires;
import buddy.workflow.Schedule;
import buddy.workflow.ScheduleDeclaredException;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.WorkflowSchedules;

/**
 * The routes to read, create, change, pause and delete schedules. Where users are known,
 * a caller who does not see the data of all of them has the schedules of the own runs and
 * those whose runs have no user of their own.
 */
final class ScheduleRoutes {

	private static final String[] CHANGES = { "cron", "every", "zone", "input", "user_id", "session_id", "missed" };

	private final Supplier<@Nullable WorkflowSchedules> schedules;

	private final RequestBody bodies;

	private final Links links;

	ScheduleRoutes(Supplier<@Nullable WorkflowSchedules> schedules, RequestBody bodies, WebSettings settings) {
		this.schedules = schedules;
		this.bodies = bodies;
		this.links = new Links(settings.basePath());
	}

	private WorkflowSchedules schedules() {
		WorkflowSchedules all = this.schedules.get();
		if (all == null) {
			throw Problems.schedulesNotStored().refusal();
		}
		return all;
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "limit", "after");
		int limit = query.limit();
		String after = query.text("after");
		// the cursor is an id, whether there is still such a schedule or not
		List<Schedule> found = schedules().list((after != null) ? Ids.requireSessionId(after) : null, limit + 1);
		boolean more = found.size() > limit;
		List<Schedule> page = more ? found.subList(0, limit) : found;
		URI next = more ? this.links.next(request, limit, page.get(limit - 1).scheduleId()) : null;
		return Answer.page(page.stream().filter((one) -> sees(caller, one)).map(ScheduleRoutes::view).toList(), next);
	}

	ServerResponse find(ServerRequest request, Caller caller) {
		Query.of(request);
		return Answer.ok(view(require(request, caller)));
	}

	ServerResponse create(ServerRequest request, Caller caller) {
		Query.of(request);
		Fields fields = Fields.of(this.bodies.object(request))
			.only("schedule_id", "workflow_id", "cron", "every", "zone", "input", "user_id", "session_id", "missed");
		String workflowId = fields.text("workflow_id");
		if (workflowId == null) {
			throw Problems.invalidInput("workflow_id", "The field 'workflow_id' is missing").refusal();
		}
		String id = fields.text("schedule_id");
		ScheduleDefinition definition = changed(ScheduleDefinition.of(Ids.requireWorkflowId(workflowId))
			.id(Objects.requireNonNullElseGet(id, () -> UUID.randomUUID().toString())), fields);
		definition = definition.user(owner(caller, definition.userId()));
		Schedule schedule = schedules().create(definition);
		return Answer.created(this.links.schedule(request, schedule.scheduleId()), view(schedule));
	}

	ServerResponse change(ServerRequest request, Caller caller) {
		Query.of(request);
		Fields fields = Fields.of(this.bodies.object(request))
			.only("paused", "cron", "every", "zone", "input", "user_id", "session_id", "missed");
		Boolean paused = fields.flag("paused");
		Schedule schedule = require(request, caller);
		ScheduleDefinition changed = changed(schedule.definition(), fields);
		if (fields.has("user_id")) {
			changed = changed.user(owner(caller, changed.userId()));
		}
		for (String field : CHANGES) {
			if (fields.has(field) && schedule.source().isDeclared()) {
				throw new ScheduleDeclaredException(schedule);
			}
		}
		if (!changed.equals(schedule.definition())) {
			schedule = schedules().update(changed);
		}
		if (paused != null) {
			schedule = paused ? schedules().pause(schedule.scheduleId()) : schedules().resume(schedule.scheduleId());
		}
		return Answer.ok(view(schedule));
	}

	ServerResponse delete(ServerRequest request, Caller caller) {
		Query.of(request);
		String scheduleId = require(request, caller).scheduleId();
		if (!schedules().delete(scheduleId)) {
			throw Problems.scheduleNotFound(scheduleId).refusal();
		}
		return Answer.noContent();
	}

	private Schedule require(ServerRequest request, Caller caller) {
		String scheduleId = Ids.requireSessionId(request.pathVariable("id"));
		return schedules().find(scheduleId)
			.filter((schedule) -> sees(caller, schedule))
			.orElseThrow(() -> Problems.scheduleNotFound(scheduleId).refusal());
	}

	private static boolean sees(Caller caller, Schedule schedule) {
		String userId = schedule.definition().userId();
		return caller.everybody() || userId == null || userId.equals(caller.userId());
	}

	/** Who sees the data of all users may let runs begin for any of them. */
	private static @Nullable String owner(Caller caller, @Nullable String named) {
		return caller.everybody() ? named : caller.ownerOf(named);
	}

	private static ScheduleDefinition changed(ScheduleDefinition schedule, Fields fields) {
		ScheduleDefinition changed = schedule;
		String cron = fields.text("cron");
		Duration every = every(fields);
		if (cron != null || every != null) {
			changed = new ScheduleDefinition(schedule.scheduleId(), schedule.workflowId(), cron, every, schedule.zone(),
					schedule.input(), schedule.userId(), schedule.sessionId(), schedule.missed());
		}
		if (fields.has("zone")) {
			changed = changed.zone(fields.text("zone"));
		}
		if (fields.has("input")) {
			changed = changed.input(fields.object("input"));
		}
		if (fields.has("user_id")) {
			changed = changed.user(fields.text("user_id"));
		}
		if (fields.has("session_id")) {
			changed = changed.session(fields.text("session_id"));
		}
		return fields.has("missed") ? changed.missed(missed(fields)) : changed;
	}

	private static @Nullable Duration every(Fields fields) {
		String text = fields.text("every");
		try {
			return (text != null) ? DurationFormatterUtils.detectAndParse(text) : null;
		}
		catch (IllegalArgumentException ex) {
			throw fields.mismatch("every", "an interval such as 'PT10M' or '10m'");
		}
	}

	private static MissedFires missed(Fields fields) {
		String text = fields.text("missed");
		for (MissedFires one : MissedFires.values()) {
			if (text == null || text.equalsIgnoreCase(one.name())) {
				return one;
			}
		}
		throw fields.mismatch("missed", "'once' or 'skip'");
	}

	private static Map<String, @Nullable Object> view(Schedule schedule) {
		ScheduleDefinition definition = schedule.definition();
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("schedule_id", schedule.scheduleId());
		json.put("workflow_id", schedule.workflowId());
		Views.put(json, "cron", definition.cron());
		Views.put(json, "every", (definition.every() != null) ? definition.every().toString() : null);
		json.put("zone", definition.zone());
		json.put("input", definition.input());
		Views.put(json, "user_id", definition.userId());
		Views.put(json, "session_id", definition.sessionId());
		json.put("missed", definition.missed().name().toLowerCase(Locale.ROOT));
		json.put("source", schedule.source().name().toLowerCase(Locale.ROOT));
		json.put("paused", schedule.paused());
		json.put("created_at", schedule.createdAt().getEpochSecond());
		json.put("updated_at", schedule.updatedAt().getEpochSecond());
		Views.put(json, "next_fire_at", seconds(schedule.nextFireAt()));
		Views.put(json, "last_fire_at", seconds(schedule.lastFireAt()));
		Views.put(json, "last_run_id", schedule.lastRunId());
		return json;
	}

	private static @Nullable Long seconds(@Nullable Instant time) {
		return (time != null) ? time.getEpochSecond() : null;
	}

}
