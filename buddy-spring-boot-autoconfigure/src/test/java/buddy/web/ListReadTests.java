package buddy.web;

import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import buddy.session.RunPage;
import buddy.session.RunQuery;
import buddy.session.SessionQuery;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSession.SessionRun;
import buddy.session.WorkflowSessions;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lists do not read what they do not show, and an export holds a few runs at a time.
 */
class ListReadTests {

	private static final int RUNS = 40;

	/** Columns of any size, which no list shows. */
	private static final List<String> LARGE = List.of("session_state", "media", "workflow_data", "extra_data",
			"additional", "state_base", "input", "response", "error");

	private static WebApplication application;

	private static SentStatements sent;

	@BeforeAll
	static void start() {
		application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.max-imported-runs=" + RUNS }, SentStatements.Log.class);
		sent = application.bean(SentStatements.class);
		String session = "{\"input\":{\"text\":\"" + "x".repeat(20_000)
				+ "\",\"times\":1},\"session\":{\"session_id\":\"large\"}}";
		for (int i = 0; i < RUNS; i++) {
			assertThat(application.http().post("/buddy/workflows/echo/runs", session).status()).isEqualTo(200);
		}
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void forget() {
		sent.take();
		sent.takeMostRows();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("lists")
	void listReadsNothingLarge(String name, Consumer<WorkflowSessions> list) {
		list.accept(application.bean(WorkflowSessions.class));
		assertThat(sent.take()).isNotEmpty().allSatisfy((sql) -> assertThat(columns(sql)).noneMatch(LARGE::contains));
	}

	static Stream<Arguments> lists() {
		return Stream.of(list("GET /sessions", "/buddy/sessions"), list("GET /runs", "/buddy/runs"),
				list("GET /runs of a session", "/buddy/runs?session_id=large"),
				list("GET /sessions/{id}/runs", "/buddy/sessions/large/runs"),
				list("GET /sessions/{id}/runs of a status", "/buddy/sessions/large/runs?status=ERROR"),
				list("list", (sessions) -> sessions.list(SessionQuery.all(), RunPage.first(10))),
				list("list of a user",
						(sessions) -> sessions.asUser("alice").list(SessionQuery.all(), RunPage.first(10))),
				list("list of everybody",
						(sessions) -> sessions.ofEverybody().list(SessionQuery.all(), RunPage.first(10))),
				list("recent", (sessions) -> sessions.recent(10)),
				list("exists", (sessions) -> sessions.exists("large")),
				list("listRuns", (sessions) -> sessions.listRuns(RunQuery.all(), RunPage.first(10))),
				list("rename", (sessions) -> sessions.rename("large", "a name")),
				list("rename of everybody", (sessions) -> sessions.ofEverybody().rename("large", "a name")));
	}

	private static Arguments list(String name, String path) {
		return list(name, (sessions) -> assertThat(application.http().get(path).status()).isEqualTo(200));
	}

	private static Arguments list(String name, Consumer<WorkflowSessions> list) {
		return Arguments.of(name, list);
	}

	@Test
	void lookAtOneReadsWhatItShows() {
		assertThat(application.http().get("/buddy/sessions/large").status()).isEqualTo(200);
		assertThat(sent.take()).anySatisfy((sql) -> assertThat(columns(sql)).contains("session_state"));
	}

	@Test
	void exportHoldsAFewRunsAtATime() {
		Response export = application.http().get("/buddy/sessions/large/export");
		assertThat(export.at("memory", "runs")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
			.hasSize(RUNS);
		List<String> withRuns = sent.take().stream().filter((sql) -> columns(sql).contains("response")).toList();
		assertThat(withRuns).hasSize(RUNS / 10);
		assertThat(sent.takeMostRows()).as("the summaries of all runs come in pages of their own")
			.isLessThanOrEqualTo(RUNS);
	}

	@Test
	void runsOfAnExportAreReadAsTheyAreTaken() {
		WorkflowSessions sessions = application.bean(WorkflowSessions.class);
		Iterator<SessionRun> runs = sessions.exportRuns("large");
		sent.take();
		sent.takeMostRows();
		for (int few = 0; few < RUNS / 10; few++) {
			for (int i = 0; i < 10; i++) {
				runs.next();
			}
			assertThat(sent.take()).hasSize(1);
			assertThat(sent.takeMostRows()).isEqualTo(10);
		}
		assertThat(runs.hasNext()).isFalse();
		assertThat(sent.take()).isEmpty();
	}

	@Test
	void importOfMoreRunsIsRefusedAndSaysHowElse() {
		Response refused = application.http().post("/buddy/sessions", document("too-many", RUNS + 1));
		assertThat(refused.status()).isEqualTo(413);
		assertThat(refused.body()).contains("buddy.web.max-imported-runs").contains("WorkflowSessions.importSession");
		WorkflowSessions sessions = application.bean(WorkflowSessions.class);
		assertThat(sessions.exists("too-many")).isFalse();
		assertThat(application.http().post("/buddy/sessions", document("as-many", RUNS)).status()).isEqualTo(201);
		sessions.importSession(WorkflowSession.fromJson(document("in-java", RUNS + 1)));
		assertThat(sessions.exportSession("in-java").runs()).hasSize(RUNS + 1);
	}

	private static String document(String sessionId, int runs) {
		return "{\"session_id\":\"" + sessionId + "\",\"workflow_id\":\"echo\",\"memory\":{\"runs\":["
				+ "{},".repeat(runs - 1) + "{}]}}";
	}

	/** The names of the columns that a statement gives back, without their tables. */
	private static List<String> columns(String sql) {
		String lower = sql.toLowerCase();
		int from = lower.indexOf(" from ");
		if (!lower.startsWith("select ") || from < 0) {
			return List.of();
		}
		return Stream.of(lower.substring("select ".length(), from).split(","))
			.map((column) -> column.strip().replaceFirst("^\\w+\\.", "").replaceAll("[\"`]", ""))
			.toList();
	}

}
