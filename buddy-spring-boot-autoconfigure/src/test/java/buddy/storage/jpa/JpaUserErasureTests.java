package buddy.storage.jpa;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.session.AuditEntry;
import buddy.session.AuditQuery;
import buddy.session.RunPage;
import buddy.storage.AuditLog;
import buddy.storage.ScheduleStore;
import buddy.storage.StoredRun;
import buddy.storage.StoredSchedule;
import buddy.storage.StoredSession;
import buddy.storage.UserErasure;
import buddy.storage.UserErasure.Report;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@ParameterizedClass
@EnumSource
class JpaUserErasureTests {

	private final JpaStorage storage;

	private final JdbcTemplate jdbc;

	private final UserErasure erasure;

	JpaUserErasureTests(TestDatabase database) {
		this.storage = JpaStorage.on(database, true);
		this.jdbc = new JdbcTemplate(this.storage.dataSource());
		this.erasure = this.storage.application().bean(UserErasure.class);
	}

	@BeforeEach
	void store() {
		this.storage.application().emptyRepository();
		this.jdbc.update("delete from buddy_workflow_budget");
		WorkflowSessionRepository repository = this.storage.repository();
		for (int i = 0; i < 3; i++) {
			repository.create(session("ada" + i, "ada"), List.of(run("a" + i, "ada" + i, "ada", RunStatus.COMPLETED),
					run("b" + i, "ada" + i, "ada", (i == 0) ? RunStatus.PAUSED : RunStatus.ERROR)));
		}
		repository.create(session("bob", "bob"), List.of(run("c", "bob", "bob", RunStatus.PAUSED)));
		repository.create(session("nobody", null),
				List.of(run("d", "nobody", "ada", RunStatus.COMPLETED), run("e", "nobody", null, RunStatus.COMPLETED)));
		for (String run : List.of("a0", "b0", "c", "d", "e")) {
			this.jdbc.update("insert into buddy_workflow_run_event (run_id, epoch, sequence, event) values (?, 0, 1, "
					+ json() + ")", run, "{}");
			this.jdbc.update("insert into buddy_workflow_run_step (run_id, step_key, position, kind, status, attempts,"
					+ " epoch, started_at) values (?, 's', 0, 'step', 'DONE', 1, 0, 1)", run);
		}
		question("b0", "q", null, null);
		question("c", "q", "ada", null);
		question("c", "r", "bob", "ada");
		question("c", "s", "bob", "bob");
		ScheduleStore schedules = this.storage.application().bean(ScheduleStore.class);
		schedules.insert(schedule("of-ada", "ada"));
		schedules.insert(schedule("of-bob", "bob"));
		AuditLog audit = this.storage.application().bean(AuditLog.class);
		audit.append(entry("1", "ada"));
		audit.append(entry("2", "bob"));
		budget("ada", "user");
		budget("bob", "user");
		budget("ada", "workflow");
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Test
	void nothingOfTheUserIsLeftAndEverythingOfOthersIs() {
		assertThat(this.erasure.eraseUser("ada", "olga")).isEqualTo(new Report(3, 7, 1, 1, 1, 2, 1));

		assertThat(column("select session_id from buddy_workflow_session")).containsExactlyInAnyOrder("bob", "nobody");
		for (String table : List.of("buddy_workflow_run", "buddy_workflow_run_event", "buddy_workflow_run_step")) {
			assertThat(column("select run_id from " + table)).as(table).containsExactlyInAnyOrder("c", "e");
		}
		assertThat(column("select assignee from buddy_workflow_run_question")).containsExactlyInAnyOrder("erased",
				"bob", "bob");
		assertThat(column("select answered_by from buddy_workflow_run_question")).containsExactlyInAnyOrder(null,
				"erased", "bob");
		assertThat(column("select schedule_id from buddy_workflow_schedule")).containsExactly("of-bob");
		assertThat(column("select per from buddy_workflow_budget where scope_key = 'ada'")).containsExactly("workflow");
		assertThat(column("select scope_key from buddy_workflow_budget")).containsExactlyInAnyOrder("bob", "ada");
		List<AuditEntry> entries = this.storage.application()
			.bean(AuditLog.class)
			.list(AuditQuery.all(), RunPage.first(10));
		assertThat(entries).extracting(AuditEntry::actor).containsExactlyInAnyOrder("erased", "bob", "olga");
		assertThat(entries).filteredOn((entry) -> AuditEntry.ERASE.equals(entry.action()))
			.singleElement()
			.satisfies((entry) -> assertThat(entry.detail()).isEqualTo(Map.of("sessions", "3", "runs", "7")));
	}

	@Test
	void userOfWhomThereIsNothingLeavesNoTrace() {
		assertThat(this.erasure.eraseUser("eve", null).isEmpty()).isTrue();
		assertThat(this.erasure.eraseUser("ADA", null).isEmpty()).isTrue();
		assertThat(column("select audit_id from buddy_workflow_audit")).hasSize(2);
		assertThat(column("select session_id from buddy_workflow_session")).hasSize(5);
		assertThatIllegalArgumentException().isThrownBy(() -> this.erasure.eraseUser(" ", null));
	}

	@Test
	void runsThatNobodyOwnsStay() {
		this.erasure.eraseUser("ada", null);
		this.erasure.eraseUser("bob", null);
		assertThat(column("select run_id from buddy_workflow_run")).containsExactly("e");
	}

	private List<String> column(String sql) {
		return this.jdbc.queryForList(sql, String.class);
	}

	private String json() {
		return SqlDialect.of(this.storage.dataSource()).jsonText();
	}

	private void question(String run, String key, String assignee, String answeredBy) {
		this.jdbc.update(
				"insert into buddy_workflow_run_question (run_id, step_key, status, answer_schema, assignee,"
						+ " asked_at, answered_by) values (?, ?, 'OPEN', " + json() + ", ?, 1, ?)",
				run, key, "{}", assignee, answeredBy);
	}

	private void budget(String scope, String per) {
		this.jdbc.update("insert into buddy_workflow_budget (budget_name, scope_key, period_start, per, tokens, cost,"
				+ " time_millis, raised_tokens, raised_cost, raised_millis, warned, updated_at)"
				+ " values (?, ?, 0, ?, 1, 1, 1, 0, 0, 0, false, 1)", "daily-" + per, scope, per);
	}

	private static StoredSession session(String id, String user) {
		return new StoredSession(id, "w", user, "name", null, null, "{}", null, null, 1, 1, 0);
	}

	private static StoredRun run(String id, String session, String user, RunStatus status) {
		RunKey key = RunKey.builder().runId(id).workflowId("w").sessionId(session).userId(user).build();
		return StoredRun.builder(key, status).input("{}").createdAt(1).build();
	}

	private static StoredSchedule schedule(String id, String user) {
		return new StoredSchedule(id, "w", new StoredSchedule.Timing("0 0 2 * * *", null, "UTC", "ONCE"),
				new StoredSchedule.Call("{}", user, null), "API", 1, 1,
				new StoredSchedule.State(false, null, null, null), 0);
	}

	private static AuditEntry entry(String id, String actor) {
		return new AuditEntry(id, Instant.ofEpochMilli(1), AuditEntry.CANCEL, actor, "w", "s", "r", Map.of());
	}

}
