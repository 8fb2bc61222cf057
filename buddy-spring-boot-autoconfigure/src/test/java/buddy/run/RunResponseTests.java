package buddy.run;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RunResponseTests {

	private static final Map<String, Object> AUDIO = Map.of("id", "a1", "transcript", "hi");

	@Test
	void everyFieldSurvivesItsJson() {
		RunResponse response = full();
		RunResponse read = RunResponse.fromJson(response.toJson());
		assertThat(read).isEqualTo(response).hasSameHashCodeAs(response).hasToString(response.toString());
		assertThat(read.content()).isEqualTo(Map.of("k", List.of(1, new BigDecimal("2.5"), true, "ü")));
		assertThat(read.contentType()).isEqualTo("dict");
		assertThat(read.thinking()).isEqualTo("hm");
		assertThat(read.reasoningContent()).isEqualTo("because");
		assertThat(read.messages()).containsExactly(Message.of("user", "q").with("agent_id", "a"));
		assertThat(read.metrics()).containsEntry("input_tokens", List.of(11));
		assertThat(read.model()).isEqualTo("gpt");
		assertThat(read.modelProvider()).isEqualTo("OpenAI");
		assertThat(read.runId()).isEqualTo("r");
		assertThat(read.agentId()).isEqualTo("ai");
		assertThat(read.agentName()).isEqualTo("an");
		assertThat(read.sessionId()).isEqualTo("s");
		assertThat(read.workflowId()).isEqualTo("w");
		assertThat(read.tools()).singleElement().satisfies((tool) -> assertThat(tool.toolName()).isEqualTo("add"));
		assertThat(read.images()).containsExactly(Map.of("url", "i"));
		assertThat(read.videos()).containsExactly(Map.of("url", "v"));
		assertThat(read.audio()).containsExactly(AUDIO);
		assertThat(read.responseAudio()).isEqualTo(AUDIO);
		assertThat(read.citations()).isEqualTo(Map.of("urls", List.of("u")));
		assertThat(read.extraData()).isEqualTo(Map.of("tenant", "acme"));
		assertThat(read.createdAt()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
		assertThat(read.events()).singleElement().isInstanceOf(RunResponseEvent.RunResponseContent.class);
		assertThat(read.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(read.field("formatted_tool_calls")).isEqualTo(List.of("add(1)"));
	}

	@Test
	void timeIsAnInstantInJavaAndUnixSecondsInJson() {
		Instant time = Instant.parse("2026-03-01T10:00:00.789Z");
		RunResponse response = RunResponse.builder().createdAt(time).build();
		assertThat(response.toJson()).isEqualTo("{\"created_at\":1772359200}");
		assertThat(response.createdAt()).isEqualTo(Instant.parse("2026-03-01T10:00:00Z"));
		assertThat(RunResponse.fromJson(response.toJson())).isEqualTo(response);
		assertThat(response.toBuilder().createdAt(null).build().createdAt()).isNull();
	}

	@Test
	void timeThatNoInstantHoldsIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> RunResponse.fromMap(Map.of("created_at", Long.MAX_VALUE)))
			.withMessageContaining("'created_at'");
	}

	@Test
	void jsonIsSnakeCaseWithoutNulls() {
		assertThat(RunResponse.of("hi").toMap()).containsExactly(Map.entry("content", "hi"),
				Map.entry("content_type", "str"));
		Map<String, Object> json = new HashMap<>();
		json.put("content", null);
		json.put("model", null);
		assertThat(RunResponse.fromMap(json).toMap()).isEmpty();
	}

	@Test
	void unknownFieldsSurvive() {
		String json = "{\"content\":\"x\",\"team_session_id\":\"t\",\"new_thing\":{\"a\":[1]}}";
		assertThat(RunResponse.fromJson(json).toJson()).isEqualTo(json);
	}

	@Test
	void contentTypeIsTheFrameworksName() {
		assertThat(RunResponse.of("a").contentType()).isEqualTo("str");
		assertThat(RunResponse.of(1).contentType()).isEqualTo("int");
		assertThat(RunResponse.of(1L).contentType()).isEqualTo("int");
		assertThat(RunResponse.of(1.5).contentType()).isEqualTo("float");
		assertThat(RunResponse.of(true).contentType()).isEqualTo("bool");
		assertThat(RunResponse.of(List.of()).contentType()).isEqualTo("list");
		assertThat(RunResponse.of(new int[0]).contentType()).isEqualTo("list");
		assertThat(RunResponse.of(Map.of()).contentType()).isEqualTo("dict");
		assertThat(RunResponse.of(new City("Tokyo", 37)).contentType()).isEqualTo("City");
		assertThat(RunResponse.of(null).contentType()).isNull();
	}

	@Test
	void contentIsReadAsATypeFromTheInstanceAndFromJson() {
		City city = new City("Tokyo", 37);
		RunResponse response = RunResponse.of(city);
		assertThat(response.contentAs(City.class)).isSameAs(city);
		assertThat(RunResponse.fromJson(response.toJson()).contentAs(City.class)).isEqualTo(city);
		assertThat(RunResponse.of(7).contentAs(Long.class)).isEqualTo(7L);
		assertThat(RunResponse.of(null).contentAs(City.class)).isNull();
	}

	@Test
	void contentAsStringIsTheTextOrTheJson() {
		assertThat(RunResponse.of("a").contentAsString()).isEqualTo("a");
		assertThat(RunResponse.of(new StringBuilder("b")).contentAsString()).isEqualTo("b");
		assertThat(RunResponse.of(null).contentAsString()).isEmpty();
		assertThat(RunResponse.of(List.of(1, "x")).contentAsString()).isEqualTo("[1,\"x\"]");
		assertThat(RunResponse.of(new City("Tokyo", 37)).contentAsString())
			.isEqualTo("{\"name\":\"Tokyo\",\"population\":37}");
	}

	@Test
	void fieldOfTheWrongTypeIsRefusedByName() {
		assertThatIllegalArgumentException().isThrownBy(() -> RunResponse.fromMap(Map.of("messages", "x")))
			.withMessageContaining("'messages'");
		assertThatIllegalArgumentException().isThrownBy(() -> RunResponse.fromMap(Map.of("created_at", "x")))
			.withMessageContaining("'created_at'");
		assertThatIllegalArgumentException().isThrownBy(() -> RunResponse.fromMap(Map.of("metrics", List.of())))
			.withMessageContaining("'metrics'");
		assertThatIllegalArgumentException().isThrownBy(() -> RunResponse.fromMap(Map.of("status", "SOON")));
	}

	@Test
	void itemOfTheWrongTypeIsRefusedByName() {
		assertThatIllegalArgumentException().isThrownBy(() -> RunResponse.fromMap(Map.of("messages", List.of("x"))))
			.withMessageContaining("'messages'");
	}

	@Test
	void responseDoesNotChangeWithWhatItWasBuiltFrom() {
		RunResponse.Builder builder = RunResponse.builder().content("a");
		RunResponse first = builder.build();
		builder.content("b");
		assertThat(first.content()).isEqualTo("a");
		Map<String, Object> json = first.toMap();
		json.put("content", "c");
		assertThat(first.content()).isEqualTo("a");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> full().metrics().put("x", 1));
	}

	@Test
	void applicationsMapperWritesAndReadsTheFrameworksJson() {
		JsonMapper application = JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.build();
		RunResponse response = full();
		String json = application.writeValueAsString(response);
		assertThat(application.readTree(json)).isEqualTo(application.readTree(response.toJson()));
		assertThat(application.readValue(json, RunResponse.class)).isEqualTo(response);
		Holder holder = application.readValue(application.writeValueAsString(new Holder(List.of(response))),
				Holder.class);
		assertThat(holder.responses()).containsExactly(response);
	}

	@Test
	void statusSaysWhatItIs() {
		assertThat(RunResponse.builder().status(RunStatus.PAUSED).build().isPaused()).isTrue();
		assertThat(RunResponse.builder().status(RunStatus.CANCELLED).build().isCancelled()).isTrue();
		assertThat(RunResponse.of("x").isPaused()).isFalse();
		assertThat(RunResponse.of("x").isCancelled()).isFalse();
		assertThat(RunStatus.values()).filteredOn(RunStatus::isTerminal)
			.containsExactly(RunStatus.COMPLETED, RunStatus.ERROR, RunStatus.CANCELLED);
	}

	static RunResponse full() {
		return RunResponse.builder()
			.content(Map.of("k", List.of(1, new BigDecimal("2.5"), true, "ü")))
			.thinking("hm")
			.reasoningContent("because")
			.messages(List.of(Message.of("user", "q").with("agent_id", "a")))
			.metrics(Map.of("input_tokens", List.of(11)))
			.model("gpt")
			.modelProvider("OpenAI")
			.runId("r")
			.agentId("ai")
			.agentName("an")
			.sessionId("s")
			.workflowId("w")
			.tools(List.of(new ToolExecution("t1", "add", Map.of("a", 1), "2", false, Map.of("metrics", Map.of()))))
			.images(List.of(Map.of("url", "i")))
			.videos(List.of(Map.of("url", "v")))
			.audio(List.of(AUDIO))
			.responseAudio(AUDIO)
			.citations(Map.of("urls", List.of("u")))
			.extraData(Map.of("tenant", "acme"))
			.createdAt(Instant.ofEpochSecond(1_700_000_000))
			.events(List.of(RunResponseEvent.content("x")))
			.status(RunStatus.COMPLETED)
			.field("formatted_tool_calls", List.of("add(1)"))
			.build();
	}

	record City(String name, int population) {
	}

	record Holder(List<RunResponse> responses) {
	}

}
