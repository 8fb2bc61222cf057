package buddy.run;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.ToolCallCompleted;
import buddy.run.RunResponseEvent.UnknownEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RunResponseEventTests {

	@ParameterizedTest
	@MethodSource("names")
	void everyKindSurvivesItsJson(String name) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("event", name);
		json.put("created_at", 1_700_000_000L);
		json.put("run_id", "r");
		json.put("session_id", "s");
		json.put("workflow_id", "w");
		json.put("agent_id", "a");
		json.put("agent_name", "an");
		json.put("team_session_id", "kept");
		RunResponseEvent event = RunResponseEvent.fromMap(json);
		assertThat(event.event()).isEqualTo(name);
		assertThat(event).isNotInstanceOf(UnknownEvent.class);
		assertThat(event.toMap()).isEqualTo(json);
		RunResponseEvent stamped = event
			.withHeader(EventHeader.NONE.stamped(new RunKey("r2", "w2", "s2", null), Instant.ofEpochSecond(1)));
		assertThat(stamped.getClass()).isEqualTo(event.getClass());
		assertThat(stamped.header().runId()).isEqualTo("r2");
		assertThat(JsonMapper.shared().readValue(JsonMapper.shared().writeValueAsString(event), RunResponseEvent.class))
			.isEqualTo(event);
	}

	static List<String> names() {
		return Arrays.stream(RunResponseEvent.class.getPermittedSubclasses())
			.filter((type) -> type != UnknownEvent.class)
			.map(Class::getSimpleName)
			.toList();
	}

	@Test
	void unknownKindKeepsItsNameAndFields() {
		Map<String, Object> json = Map.of("event", "SomethingNew", "run_id", "r", "depth", 3);
		RunResponseEvent event = RunResponseEvent.fromMap(json);
		assertThat(event).isInstanceOf(UnknownEvent.class);
		assertThat(event.event()).isEqualTo("SomethingNew");
		assertThat(event.toMap()).isEqualTo(json);
	}

	@Test
	void timeIsAnInstantInJavaAndUnixSecondsInJson() {
		Instant time = Instant.parse("2026-03-01T10:00:00.789Z");
		RunResponseEvent event = RunResponseEvent.content("x").withHeader(EventHeader.ofAgent("a", "writer", time));
		assertThat(event.toMap()).containsEntry("created_at", 1_772_359_200L);
		assertThat(event.header().createdAt()).isEqualTo(Instant.parse("2026-03-01T10:00:00Z"));
		assertThat(RunResponseEvent.fromMap(event.toMap())).isEqualTo(event);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> RunResponseEvent.fromMap(Map.of("event", "RunStarted", "created_at", Long.MIN_VALUE)))
			.withMessageContaining("'created_at'");
	}

	@Test
	void eventWithoutAKindIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> RunResponseEvent.fromMap(Map.of("run_id", "r")))
			.withMessageContaining("'event'");
	}

	@Test
	void toolCallIsReadAsOne() {
		Map<String, Object> tool = Map.of("tool_call_id", "t", "tool_name", "add", "tool_args", Map.of("a", 1),
				"result", "2", "tool_call_error", true, "answered", "kept");
		Map<String, Object> json = Map.of("event", "ToolCallCompleted", "tool", tool, "content", List.of(1));
		ToolCallCompleted event = (ToolCallCompleted) RunResponseEvent.fromMap(json);
		assertThat(event.tool().toolArgs()).isEqualTo(Map.of("a", 1));
		assertThat(event.tool().toolCallError()).isTrue();
		assertThat(event.tool().additional()).isEqualTo(Map.of("answered", "kept"));
		assertThat(JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(event.toMap())))
			.isEqualTo(JsonMapper.shared().valueToTree(json));
	}

	@Test
	void toolResultThatIsNoTextSurvives() {
		Map<String, Object> json = Map.of("tool_name", "add", "result", Map.of("sum", 2), "tool_args", List.of(1));
		assertThat(ToolExecution.fromMap(json).toMap()).isEqualTo(json);
	}

	@Test
	void messageSurvivesItsJson() {
		Map<String, Object> json = Map.of("role", "assistant", "content", List.of(Map.of("type", "text")), "tool_calls",
				List.of(Map.of("id", "x")), "created_at", 1);
		Message message = Message.fromMap(json);
		assertThat(message.toMap()).isEqualTo(json);
		assertThat(JsonMapper.shared().readValue(JsonMapper.shared().writeValueAsString(message), Message.class))
			.isEqualTo(message);
		assertThat(Message.fromMap(Map.of()).toMap()).isEqualTo(Map.of("role", ""));
	}

	@Test
	void eventsOfTheUsersOwnTellTheirKind() {
		RunResponseContent piece = RunResponseEvent.content("x");
		assertThat(piece.toMap())
			.isEqualTo(Map.of("event", "RunResponseContent", "content", "x", "content_type", "str"));
		assertThat(RunResponseEvent.custom("step", Map.of("n", 1)).toMap())
			.isEqualTo(Map.of("event", "CustomEvent", "name", "step", "content", Map.of("n", 1)));
	}

}
