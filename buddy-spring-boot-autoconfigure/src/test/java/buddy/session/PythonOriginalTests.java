package buddy.session;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the Python framework wrote is read, and written back with equal JSON.
 */
class PythonOriginalTests {

	private final MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	private final WorkflowSessions sessions = new DefaultWorkflowSessions(this.repository, () -> "alice",
			Clock.fixed(Instant.parse("2026-12-01T00:00:00Z"), ZoneOffset.UTC));

	@ParameterizedTest
	@ValueSource(strings = { "run_response_list_content.json", "run_response_structured.json",
			"run_response_text_memory.json" })
	void responsesAreWrittenBackEqual(String file) {
		String json = text(file);
		assertThat(Json.readTree(RunResponse.fromJson(json).toJson())).isEqualTo(withoutNulls(Json.readTree(json)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "workflow_session_memory.json", "workflow_session_workflow_memory.json" })
	void sessionsAreWrittenBackEqual(String file) {
		String json = text(file);
		assertThat(withoutNulls(Json.readTree(WorkflowSession.fromJson(json).toJson())))
			.isEqualTo(withoutNulls(Json.readTree(json)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "agent_events_all.json", "workflow_events_all.json", "stream_events.json" })
	void eventsAreWrittenBackEqual(String file) {
		for (JsonNode node : Json.readTree(text(file))) {
			RunResponseEvent event = RunResponseEvent.fromMap(Json.readMap(node.toString()));
			assertThat(withoutNulls(Json.readTree(Json.write(event)))).isEqualTo(withoutNulls(node));
		}
	}

	@Test
	void everyEventOfTheOriginalIsKnown() {
		Set<String> unknown = new HashSet<>();
		for (String file : List.of("agent_events_all.json", "workflow_events_all.json", "stream_events.json")) {
			unknown.addAll(StreamSupport.stream(Json.readTree(text(file)).spliterator(), false)
				.map((node) -> RunResponseEvent.fromMap(Json.readMap(node.toString())))
				.filter(RunResponseEvent.UnknownEvent.class::isInstance)
				.map(RunResponseEvent::event)
				.collect(Collectors.toSet()));
		}
		assertThat(unknown).isEmpty();
	}

	@Test
	void rowOfItsSqliteFileIsTheSameSession(@TempDir Path directory) throws IOException, SQLException {
		Path file = directory.resolve("original.db");
		try (InputStream original = open("sqlite_storage_workflow_memory.db")) {
			Files.copy(original, file);
		}
		Map<String, Object> row = new HashMap<>();
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
				ResultSet found = connection.createStatement().executeQuery("select * from workflows")) {
			assertThat(found.next()).isTrue();
			for (String column : List.of("session_id", "user_id", "workflow_id", "created_at", "updated_at")) {
				row.put(column, found.getObject(column));
			}
			for (String column : List.of("memory", "session_data", "extra_data", "workflow_data")) {
				row.put(column, Json.readMap(found.getString(column)));
			}
		}
		WorkflowSession session = WorkflowSession.fromMap(row);
		WorkflowSession other = WorkflowSession.fromJson(text("workflow_session_workflow_memory.json"));
		assertThat(session.sessionState()).isEqualTo(other.sessionState()).containsEntry("count", 6);
		assertThat(session.sessionName()).isEqualTo(other.sessionName());
		assertThat(session.extraData()).isEqualTo(other.extraData());
		assertThat(session.workflowData()).isEqualTo(other.workflowData());
		assertThat(session.runs()).hasSameSizeAs(other.runs());
		assertThat(withoutNulls(Json.readTree(session.toJson()))).isEqualTo(withoutNulls(Json.tree(row)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "workflow_session_memory.json", "workflow_session_workflow_memory.json" })
	void importedSessionIsExportedAgain(String file) {
		WorkflowSession original = WorkflowSession.fromJson(text(file));
		this.sessions.importSession(original);
		WorkflowSession exported = this.sessions.exportSession("user-42");
		JsonNode expected = withoutNulls(Json.readTree(original.toJson()));
		expected.at("/memory/runs").forEach((run) -> {
			ObjectNode response = (ObjectNode) (run.has("response") ? run.get("response") : run);
			response.put("status", "COMPLETED");
		});
		assertThat(withoutNulls(Json.readTree(exported.toJson()))).isEqualTo(expected);
	}

	@Test
	void timesOfASessionAreInstantsInJavaAndUnixSecondsInJson() {
		WorkflowSession session = WorkflowSession
			.fromJson("{\"session_id\":\"s\",\"created_at\":1772359200,\"updated_at\":1772359201.0}");
		assertThat(session.createdAt()).isEqualTo(Instant.parse("2026-03-01T10:00:00Z"));
		assertThat(session.updatedAt()).isEqualTo(Instant.parse("2026-03-01T10:00:01Z"));
		assertThat(session.toMap()).containsEntry("created_at", 1_772_359_200L)
			.containsEntry("updated_at", 1_772_359_201L);
	}

	@Test
	void importedRunsHaveEndedAndKeepTheirOrderInSpiteOfEqualSeconds() {
		this.sessions.importSession(WorkflowSession.fromJson(text("workflow_session_workflow_memory.json")));
		List<WorkflowRun> runs = this.sessions.runs("user-42", RunPage.first(10)).items();
		assertThat(runs).extracting((run) -> run.response().content())
			.containsExactly("count is 6", "count is 3", "count is 1");
		assertThat(runs).extracting(WorkflowRun::status).containsOnly(RunStatus.COMPLETED);
		assertThat(runs).extracting((run) -> run.response().status()).containsOnly(RunStatus.COMPLETED);
		assertThat(runs).extracting((run) -> run.response().createdAt())
			.containsOnly(Instant.ofEpochSecond(1_795_359_265));
		assertThat(runs.get(2).input()).isEqualTo(Map.of("step", 1, "note", "note 0"));
	}

	@Test
	void sessionIsNotImportedTwiceOrForAnotherUser() {
		WorkflowSession session = WorkflowSession.fromJson(text("workflow_session_memory.json"));
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> this.sessions.asUser("bob").importSession(session))
			.withMessageContaining("alice");
		this.sessions.importSession(session);
		assertThatExceptionOfType(SessionExistsException.class).isThrownBy(() -> this.sessions.importSession(session));
	}

	@Test
	void copyUnderAnotherIdHasRunsOfItsOwn() {
		WorkflowSession session = WorkflowSession.fromJson(text("workflow_session_memory.json"));
		this.sessions.importSession(session);
		this.sessions.importSession(session.withSessionId("other"));
		List<String> ids = runIds(this.sessions.exportSession("other"));
		assertThat(ids).hasSize(3).doesNotHaveDuplicates().doesNotContainAnyElementsOf(runIds(session));
		assertThat(runIds(this.sessions.exportSession("user-42"))).isEqualTo(runIds(session));
	}

	private static List<String> runIds(WorkflowSession session) {
		return session.runs().stream().map((run) -> run.response().runId()).toList();
	}

	static JsonNode withoutNulls(JsonNode node) {
		if (node instanceof ObjectNode object) {
			ObjectNode copy = object.objectNode();
			object.properties()
				.stream()
				.filter((entry) -> !entry.getValue().isNull())
				.forEach((entry) -> copy.set(entry.getKey(), withoutNulls(entry.getValue())));
			return copy;
		}
		if (node instanceof ArrayNode array) {
			ArrayNode copy = array.arrayNode();
			array.forEach((item) -> copy.add(withoutNulls(item)));
			return copy;
		}
		return node;
	}

	private static String text(String file) {
		try (InputStream in = open(file)) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static InputStream open(String file) {
		InputStream in = PythonOriginalTests.class.getResourceAsStream("/python-original/" + file);
		assertThat(in).as(file).isNotNull();
		return in;
	}

}
