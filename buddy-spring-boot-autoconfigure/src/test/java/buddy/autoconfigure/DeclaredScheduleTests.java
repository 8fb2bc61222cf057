package buddy.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.mock.env.MockEnvironment;

import buddy.autoconfigure.ScheduleDeclarations.Declared;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.InvalidScheduleException;
import buddy.workflow.MissedFires;
import buddy.workflow.Schedule;
import buddy.workflow.ScheduleDeclaredException;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.ScheduleSource;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSchedule;
import buddy.workflow.WorkflowSchedules;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DeclaredScheduleTests {

	@Test
	void declarationsAreStoredChangedAndDeletedByTheNextStarts() {
		String[] database = TestDatabase.H2.create();
		Schedule first;
		Schedule api;
		try (TestApplication application = start(database, List.of(), Daily.class, Twice.class)) {
			WorkflowSchedules schedules = application.bean(WorkflowSchedules.class);
			assertThat(schedules.list(null, 10)).extracting(Schedule::scheduleId)
				.containsExactly("daily", "morning", "twice");
			first = schedules.find("daily").orElseThrow();
			assertThat(first.source()).isEqualTo(ScheduleSource.ANNOTATION);
			assertThat(first.definition().input()).isEqualTo(Map.of("topic", "news"));
			assertThat(first.nextFireAt()).isNotNull();
			schedules.pause("morning");
			api = schedules
				.create(ScheduleDefinition.of("daily").id("mine").cron("@hourly").input(Map.of("topic", "x")));
			assertThatExceptionOfType(ScheduleDeclaredException.class).isThrownBy(() -> schedules.delete("daily"))
				.withMessageContaining("@WorkflowSchedule on workflow 'daily'");
			ScheduleDefinition declared = first.definition();
			assertThatExceptionOfType(ScheduleDeclaredException.class)
				.isThrownBy(() -> schedules.update(declared.cron("@hourly")));
			// nobody fires here
			assertThat(new JdbcTemplate(application.bean(DataSource.class))
				.queryForObject("select count(*) from buddy_task where picked = true", Integer.class)).isZero();
		}
		try (TestApplication application = start(database,
				List.of("buddy.workflows.daily.schedule.every=6h", "buddy.workflows.twice.schedule.enabled=true"),
				Daily.class, Once.class)) {
			WorkflowSchedules schedules = application.bean(WorkflowSchedules.class);
			Schedule changed = schedules.find("daily").orElseThrow();
			assertThat(changed.source()).isEqualTo(ScheduleSource.PROPERTIES);
			assertThat(changed.definition().cron()).isNull();
			assertThat(changed.definition().every()).isEqualTo(Duration.ofHours(6));
			assertThat(changed.definition().input()).isEqualTo(first.definition().input());
			assertThat(changed.nextFireAt()).isNotEqualTo(first.nextFireAt());
			assertThat(schedules.find("twice")).isEmpty();
			assertThat(schedules.find("morning").orElseThrow().paused()).isTrue();
			assertThat(schedules.find("morning").orElseThrow().definition().cron()).isEqualTo("0 0 7 * * *");
			assertThat(schedules.find("mine")).contains(api);
			first = changed;
		}
		// a node that does not know a workflow leaves its schedules alone
		try (TestApplication application = start(database, List.of("buddy.workflows.daily.schedule.every=6h"),
				Daily.class)) {
			WorkflowSchedules schedules = application.bean(WorkflowSchedules.class);
			assertThat(schedules.find("daily")).contains(first);
			assertThat(schedules.find("morning")).isPresent();
			assertThat(schedules.delete("morning")).isTrue();
		}
		try (TestApplication application = start(database, List.of("buddy.workflows.daily.schedule.enabled=false"),
				Daily.class)) {
			assertThat(application.bean(WorkflowSchedules.class).list(null, 10)).extracting(Schedule::scheduleId)
				.containsExactly("mine");
		}
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> start(database, List.of("buddy.workflows.daily.schedule.enabled=false"), Mine.class))
			.satisfies((ex) -> assertThat(analyzed(ex)).contains("made by the API"));
	}

	@Test
	void scheduleThatCannotBeUsedFailsTheStart() {
		String[] database = TestDatabase.H2.create();
		assertThatExceptionOfType(Exception.class).isThrownBy(
				() -> start(database, List.of("buddy.workflows.daily.schedule.input={\"subject\": 1}"), Daily.class))
			.satisfies((ex) -> assertThat(analyzed(ex)).contains("Schedule 'daily' of workflow 'daily' cannot be used")
				.contains("has no input [subject]")
				.contains("buddy.workflows.daily.schedule"));
		try (TestApplication application = start(database, List.of("buddy.workflows.daily.schedule.enabled=false"),
				Daily.class)) {
			assertThat(application.bean(WorkflowSchedules.class).list(null, 10)).isEmpty();
		}
	}

	@Test
	void propertiesTakePrecedence() {
		assertThat(declared(Daily.class, "daily", set("0 0 5 * * *", null, Map.of("topic", "x")))).singleElement()
			.satisfies((one) -> {
				assertThat(one.source()).isEqualTo(ScheduleSource.PROPERTIES);
				assertThat(one.definition()).isEqualTo(ScheduleDefinition.of("daily")
					.cron("0 0 5 * * *")
					.zone("Europe/Berlin")
					.input(Map.of("topic", "x"))
					.user("alice")
					.session("s1")
					.missed(MissedFires.SKIP));
			});
		assertThat(declared(Mine.class, "other", set(null, Duration.ofMinutes(5), null))).singleElement()
			.satisfies((one) -> {
				assertThat(one.definition().scheduleId()).isEqualTo("mine");
				assertThat(one.definition().every()).isEqualTo(Duration.ofMinutes(5));
			});
		assertThat(declared(Plain.class, "plain", set("@daily", null, null))).singleElement()
			.satisfies((one) -> assertThat(one.definition().scheduleId()).isEqualTo("plain"));
		assertThat(declared(Daily.class, "daily", set("-", null, null))).isEmpty();
	}

	@Test
	void faultsOfDeclarationsNameTheWorkflowAndTheFault() {
		assertFault(BadEvery.class, "every", "'often' is no interval");
		assertFault(BadInput.class, "input", "no JSON object: [1]");
		assertFault(SameIds.class, "id", "workflow 'w' declares a schedule of the same id");
	}

	private static void assertFault(Class<?> type, String field, String fault) {
		assertThatExceptionOfType(InvalidScheduleException.class).isThrownBy(() -> declared(type, "w", null))
			.withMessageContaining("workflow 'w'")
			.withMessageContaining(fault)
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo(field));
	}

	private static List<Declared> declared(Class<?> type, String workflowId, BuddyProperties.@Nullable Schedule set) {
		BuddyProperties properties = new BuddyProperties(null, null, null, null, null, null, (set != null)
				? Map.of(workflowId,
						new BuddyProperties.WorkflowProperties(null, null, null, null, null, null, null, null, null,
								null, null, null, null, null, null, null, null, null, null, null, null, set))
				: Map.of());
		MockEnvironment environment = new MockEnvironment().withProperty("daily.user", "alice");
		return List.copyOf(new ScheduleDeclarations(properties, environment).of(Map.of(workflowId, type)).values());
	}

	private static BuddyProperties.Schedule set(@Nullable String cron, @Nullable Duration every,
			@Nullable Map<String, Object> input) {
		return new BuddyProperties.Schedule(true, cron, every, null, input, null, null, null);
	}

	private static String analyzed(Throwable failure) {
		FailureAnalysis analysis = new InvalidScheduleFailureAnalyzer().analyze(failure);
		assertThat(analysis).as(() -> "no schedule is to blame: " + failure).isNotNull();
		return analysis.getDescription() + " " + analysis.getAction();
	}

	private static TestApplication start(String[] database, List<String> properties, Class<?>... workflows) {
		return TestApplication
			.start(Stream.concat(Stream.of(database), Stream.concat(properties.stream(), Stream.of("daily.user=alice")))
				.toArray(String[]::new), workflows);
	}

	@WorkflowSchedule(cron = "0 0 6 * * *", zone = "Europe/Berlin", input = "{\"topic\": \"news\"}",
			userId = "${daily.user}", sessionId = "s1", missed = MissedFires.SKIP)
	static class Daily extends Workflow {

		String run(String topic) {
			return topic;
		}

	}

	@WorkflowSchedule(cron = "0 0 6 * * *")
	@WorkflowSchedule(id = "morning", cron = "0 0 6 * * *")
	static class Twice extends Workflow {

		String run() {
			return "twice";
		}

	}

	@WorkflowSchedule(id = "morning", cron = "0 0 7 * * *")
	static class Once extends Workflow {

		Once() {
			super(WorkflowSettings.builder().workflowId("twice").build());
		}

		String run() {
			return "once";
		}

	}

	@WorkflowSchedule(id = "mine", cron = "@daily")
	static class Mine extends Workflow {

		String run() {
			return "mine";
		}

	}

	static class Plain extends Workflow {

		String run() {
			return "plain";
		}

	}

	@WorkflowSchedule(every = "often")
	static class BadEvery {

	}

	@WorkflowSchedule(cron = "@daily", input = "[1]")
	static class BadInput {

	}

	@WorkflowSchedule(cron = "@daily")
	@WorkflowSchedule(cron = "@hourly")
	static class SameIds {

	}

}
