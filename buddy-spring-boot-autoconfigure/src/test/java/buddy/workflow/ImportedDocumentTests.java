package buddy.workflow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.core.JacksonException;

import buddy.json.UnstorableValueException;
import buddy.json.internal.Json;
import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.session.InvalidIdException;
import buddy.session.InvalidSessionException;
import buddy.session.RunPage;
import buddy.session.WorkflowSession;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A document is refused with the path of its fault, or every later look at the session
 * can read it.
 */
class ImportedDocumentTests {

	private static final List<Object> VALUES = List.of("text", 5, -1, 1.5, true, List.of(), List.of(1), Map.of(),
			Map.of("a", 1), List.of(Map.of("a", 1)), Double.NaN);

	private static final Object NOTHING = new Object();

	@Test
	void whateverIsAcceptedCanBeReadBack() throws IOException {
		Random random = new Random(42);
		AtomicInteger accepted = new AtomicInteger();
		AtomicInteger refused = new AtomicInteger();
		for (Map<String, Object> original : originals()) {
			List<List<Object>> places = places(original);
			for (int i = 0; i < 400; i++) {
				Map<String, Object> mutant = copy(original);
				mutate(mutant, places.get(random.nextInt(places.size())), random);
				if (isReadBack(mutant)) {
					accepted.incrementAndGet();
				}
				else {
					refused.incrementAndGet();
				}
			}
		}
		assertThat(accepted).hasValueGreaterThan(100);
		assertThat(refused).hasValueGreaterThan(100);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{'memory':'x'}|memory", "{'memory':{'runs':'x'}}|memory.runs",
			"{'memory':{'runs':{'other':[]}}}|memory.runs.other", "{'memory':{'runs':[1]}}|memory.runs[0]",
			"{'memory':{'runs':[null]}}|memory.runs[0]",
			"{'memory':{'runs':[{'response':'x'}]}}|memory.runs[0].response",
			"{'memory':{'runs':[{'response':{},'input':[]}]}}|memory.runs[0].input",
			"{'memory':{'runs':[{'response':{},'note':1}]}}|memory.runs[0].note",
			"{'memory':{'runs':[{'status':'DONE'}]}}|memory.runs[0].status",
			"{'memory':{'runs':[{'status':1}]}}|memory.runs[0].status",
			"{'memory':{'runs':[{'error':'x'}]}}|memory.runs[0].error",
			"{'memory':{'runs':[{'error':[]}]}}|memory.runs[0].error",
			"{'memory':{'runs':[{'error':{'type':{}}}]}}|memory.runs[0].error.type",
			"{'memory':{'runs':[{'messages':[null]}]}}|memory.runs[0].messages[0]",
			"{'memory':{'runs':[{'messages':[{'role':5}]}]}}|memory.runs[0].messages[0].role",
			"{'memory':{'runs':[{'events':[{}]}]}}|memory.runs[0].events[0].event",
			"{'memory':{'runs':[{'tools':[{'tool_call_error':'maybe'}]}]}}|memory.runs[0].tools[0].tool_call_error",
			"{'memory':{'runs':[{'run_id':'r'},{'response':{'run_id':'r'}}]}}|memory.runs[1].response.run_id",
			"{'memory':{'runs':[{'created_at':1.5}]}}|memory.runs[0].created_at",
			"{'memory':{'runs':[{'content':{'a':[NaN]}}]}}|memory.runs[0].content.a[0]",
			"{'runs':[{'content':1}],'memory':{'runs':[{'content':1}]}}|runs", "{'runs':{'x':[]}}|runs.x",
			"{'session_data':[]}|session_data", "{'session_data':{'session_state':1}}|session_data.session_state",
			"{'session_data':{'session_name':1}}|session_data.session_name",
			"{'session_data':{'images':{}}}|session_data.images", "{'user_id':5}|user_id",
			"{'created_at':-1}|created_at", "{'extra_data':{'a':-Infinity}}|extra_data.a" })
	void faultIsNamedByItsPath(String json, String path) {
		String whole = "{'session_id':'s','workflow_id':'w'," + json.substring(1);
		assertThatExceptionOfType(InvalidSessionException.class)
			.isThrownBy(() -> WorkflowSession.fromJson(whole.replace('\'', '"')))
			.satisfies((ex) -> assertThat(ex.path()).isEqualTo(path))
			.withMessageContaining("'" + path + "'");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{'memory':{'runs':{'s':[{'content':1}]}}}|1", "{'runs':[{'content':1}]}|1",
			"{'runs':{'s':[{'content':1}]}}|1", "{'memory':{'runs':[{'input':{'a':1},'response':null}]}}|null",
			"{'memory':{'runs':[{'input':{'a':1}}]}}|null", "{'memory':{'runs':[{'response':{'content':1}}]}}|1" })
	void runsAreReadWhereverTheyAre(String json, String content) {
		String whole = "{'session_id':'s','workflow_id':'w'," + json.substring(1);
		WorkflowSession session = WorkflowSession.fromJson(whole.replace('\'', '"'));
		assertThat(session.runs()).singleElement()
			.satisfies((run) -> assertThat(String.valueOf(run.response().content())).isEqualTo(content));
		assertThat(isReadBack(Json.readMap(session.toJson()))).isTrue();
	}

	@Test
	void sessionMadeInJavaIsCheckedAsADocumentIs() {
		RunResponse broken = RunResponse.builder().runId("r").field("error", "text").build();
		WorkflowSession session = WorkflowSession.of("s", "w", null)
			.withRuns(List.of(new WorkflowSession.SessionRun(Map.of(), broken, Map.of())));
		MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
		assertThatExceptionOfType(InvalidSessionException.class)
			.isThrownBy(() -> new DefaultWorkflowSessions(store, () -> null, Clock.systemUTC()).importSession(session))
			.satisfies((ex) -> assertThat(ex.path()).isEqualTo("memory.runs[0].response.error"));
		assertThat(store.find("s")).isEmpty();
	}

	/** Whether the document was accepted; if it was, nothing that reads it fails. */
	private static boolean isReadBack(Map<String, Object> document) {
		MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
		WorkflowSessions sessions = new DefaultWorkflowSessions(store, () -> null, Clock.systemUTC()).ofEverybody();
		WorkflowSession stored;
		try {
			stored = sessions.importSession(WorkflowSession.fromJson(Json.write(document).replace("\"NaN\"", "NaN")));
		}
		catch (InvalidSessionException | InvalidIdException | UnstorableValueException | JacksonException ex) {
			assertThat(store.find("user-42")).isEmpty();
			return false;
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).hasMessageContaining("workflow_id");
			return false;
		}
		String id = stored.sessionId();
		assertThat(sessions.find(id)).isPresent();
		WorkflowSession exported = sessions.exportSession(id);
		assertThat(WorkflowSession.fromJson(exported.toJson()).runs()).hasSameSizeAs(exported.runs());
		assertThat(sessions.runs(id, RunPage.first(100)).items()).hasSameSizeAs(exported.runs());
		Reader reader = Workflows.proxy(new Reader(String.valueOf(stored.workflowId())),
				WorkflowRunner.over(() -> store).build());
		String read = WorkflowScope.session(id).user(stored.userId()).call(() -> reader.run());
		assertThat(read).isEqualTo("read " + exported.runs().size());
		assertThat(sessions.exportSession(id).runs()).hasSize(exported.runs().size() + 1);
		return true;
	}

	private static List<Map<String, Object>> originals() throws IOException {
		List<Map<String, Object>> originals = new ArrayList<>();
		for (String file : List.of("workflow_session_memory.json", "workflow_session_workflow_memory.json")) {
			originals.add(cast(Json
				.readMap(new ClassPathResource("python-original/" + file).getContentAsString(StandardCharsets.UTF_8))));
		}
		originals.add(ownExport());
		return originals;
	}

	/** With all that a response can have. */
	private static Map<String, Object> ownExport() {
		Map<String, Object> response = new LinkedHashMap<>(Map.of("content", Map.of("a", List.of(1, "b")), "run_id",
				"r1", "created_at", 1795359265, "status", "ERROR"));
		response.put("error",
				new LinkedHashMap<>(Map.of("type", "T", "message", "m", "stack_trace", "at", "reason", "r")));
		response.put("messages", List.of(Map.of("role", "assistant", "content", "hi", "agent_id", "a", "tool_calls",
				List.of(Map.of("id", "1", "type", "function")))));
		response.put("tools",
				List.of(Map.of("tool_call_id", "1", "tool_name", "t", "tool_args", Map.of("x", 1), "result", "r")));
		response.put("events", List.of(Map.of("event", "RunResponseContent", "content", "x", "created_at", 1795359265),
				Map.of("event", "ToolCallStarted", "tool", Map.of("tool_call_id", "1", "tool_name", "t"))));
		response.put("metrics", Map.of("input_tokens", List.of(1)));
		response.put("images", List.of(Map.of("url", "u")));
		Map<String, Object> document = new LinkedHashMap<>();
		document.put("session_id", "user-42");
		document.put("workflow_id", "counter-wf");
		document.put("memory", Map.of("runs", List.of(Map.of("input", Map.of("a", 1), "response", response))));
		return copy(document);
	}

	private static void mutate(Map<String, Object> document, List<Object> place, Random random) {
		Object parent = document;
		for (Object step : place.subList(0, place.size() - 1)) {
			parent = (parent instanceof Map<?, ?> map) ? map.get(step) : ((List<?>) parent).get((Integer) step);
		}
		Object last = place.get(place.size() - 1);
		int kind = random.nextInt(VALUES.size() + 3);
		Object value = (kind < VALUES.size()) ? VALUES.get(kind) : (kind == VALUES.size()) ? null : NOTHING;
		if (parent instanceof Map<?, ?>) {
			Map<String, Object> map = cast(parent);
			if (value == NOTHING) {
				map.remove(last);
			}
			else {
				map.put((String) last, value);
			}
		}
		else {
			List<Object> list = list(parent);
			int index = (Integer) last;
			if (kind == VALUES.size() + 2) {
				list.add(list.get(index));
			}
			else if (value == NOTHING) {
				list.remove(index);
			}
			else {
				list.set(index, value);
			}
		}
	}

	private static List<List<Object>> places(Object value) {
		List<List<Object>> places = new ArrayList<>();
		collect(value, List.of(), places);
		return places;
	}

	private static void collect(Object value, List<Object> at, List<List<Object>> places) {
		if (!at.isEmpty()) {
			places.add(at);
		}
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, item) -> collect(item, with(at, key), places));
		}
		else if (value instanceof List<?> list) {
			for (int i = 0; i < list.size(); i++) {
				collect(list.get(i), with(at, i), places);
			}
		}
	}

	private static List<Object> with(List<Object> at, Object step) {
		List<Object> longer = new ArrayList<>(at);
		longer.add(step);
		return longer;
	}

	private static Map<String, Object> copy(Map<String, Object> document) {
		return cast(Json.readMap(Json.write(document)));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> cast(Object map) {
		return (Map<String, Object>) map;
	}

	@SuppressWarnings("unchecked")
	private static List<Object> list(Object list) {
		return (List<Object>) list;
	}

	/** Reads all that it remembers. */
	static class Reader extends Workflow {

		Reader(String workflowId) {
			super(WorkflowSettings.builder().workflowId(workflowId).build());
		}

		public String run() {
			List<Message> messages = memory().messages(1000);
			messages.forEach((message) -> message.role().length());
			return "read " + memory().lastRuns(1000).size();
		}

	}

}
