package buddy.test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import buddy.durable.MapRunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepState;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.RunOrigin;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;

/**
 * The exported steps of a run, as {@code GET /runs/{id}/steps?full=true} answers them.
 *
 * @param run the run
 * @param steps its steps
 * @param nested the runs that it called
 */
record RecordedJournal(StoredRun run, List<StoredStep> steps, List<StoredRun> nested) {

	/** A large number with a fraction must not become one without. */
	private static final JsonMapper EXACT = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

	private static final TypeReference<Map<String, @Nullable Object>> MAP = new TypeReference<>() {
	};

	/**
	 * Reads a run from the pages of an export.
	 * @throws IllegalArgumentException if something is missing in them
	 */
	static RecordedJournal read(List<String> pages) {
		StoredRun run = null;
		Map<String, Map<String, @Nullable Object>> items = new LinkedHashMap<>();
		Object next = null;
		for (String page : pages) {
			Map<String, @Nullable Object> json = parse(page);
			StoredRun found = run(object(json, "run"));
			if (run != null && !run.runId().equals(found.runId())) {
				throw new IllegalArgumentException("The pages are of two runs: '" + run.runId() + "' and '"
						+ found.runId() + "'; replay one run at a time");
			}
			run = found;
			for (Map<String, @Nullable Object> item : items(json)) {
				items.put(text(item, "key"), item);
			}
			next = json.get("next");
		}
		if (run == null) {
			throw new IllegalArgumentException("There is no page; give the answer of GET /runs/{id}/steps?full=true");
		}
		if (next != null) {
			throw new IllegalArgumentException(
					"The steps go on at '" + next + "'; add that page, or request all steps at once without limit=");
		}
		return of(run, items.values());
	}

	private static RecordedJournal of(StoredRun run, Iterable<Map<String, @Nullable Object>> items) {
		List<StoredStep> steps = new ArrayList<>();
		List<StoredRun> nested = new ArrayList<>();
		for (Map<String, @Nullable Object> item : items) {
			if (item.containsKey("result_note")) {
				throw new IllegalArgumentException(
						"The result of step '" + item.get("key") + "' is left out; request the steps with full=true");
			}
			StepHead head = head(item);
			if (head.kind() == StepKind.RUN) {
				nested.add(nested(run, head, item));
			}
			else {
				steps.add(new StoredStep(run.runId(), head, null, (String) item.get("digest"), json(item, "result"),
						json(item, "error"), state(item), null));
			}
		}
		return new RecordedJournal(run, steps, nested);
	}

	private static Map<String, @Nullable Object> parse(String page) {
		try {
			return EXACT.readValue(page, MAP);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("The steps are not a JSON object (" + ex.getOriginalMessage()
					+ "); give the answer of GET /runs/{id}/steps?full=true", ex);
		}
	}

	@SuppressWarnings("unchecked") // JSON
	private static List<Map<String, @Nullable Object>> items(Map<String, @Nullable Object> json) {
		if (!(json.get("items") instanceof List<?> items)
				|| !items.stream().allMatch((item) -> item instanceof Map<?, ?>)) {
			throw missing("items");
		}
		return (List<Map<String, @Nullable Object>>) items;
	}

	@SuppressWarnings("unchecked") // JSON
	private static Map<String, @Nullable Object> object(Map<String, @Nullable Object> json, String name) {
		if (!(json.get(name) instanceof Map<?, ?> object)) {
			throw missing(name);
		}
		return (Map<String, @Nullable Object>) object;
	}

	private static IllegalArgumentException missing(String name) {
		return new IllegalArgumentException(
				"There is no '" + name + "' in the steps; give the answer of GET /runs/{id}/steps?full=true");
	}

	private static StoredRun run(Map<String, @Nullable Object> json) {
		RunKey key = new RunKey(text(json, "run_id"), text(json, "workflow_id"), text(json, "session_id"),
				(String) json.get("user_id"));
		return StoredRun.builder(key, RunStatus.valueOf(text(json, "status")))
			.input(json(json, "input"))
			.createdAt(millis(json, "created_at"))
			.epoch(number(json, "epoch"))
			.origin(new RunOrigin(null, json(json, "recipe"), (String) json.get("code_version"),
					(String) json.get("forked_from")))
			.build();
	}

	private static StepHead head(Map<String, @Nullable Object> item) {
		Long ended = item.containsKey("ended_at") ? millis(item, "ended_at") : null;
		return new StepHead(text(item, "key"), number(item, "position"),
				StepKind.valueOf(text(item, "kind").toUpperCase(Locale.ROOT)), StepStatus.valueOf(text(item, "status")),
				number(item, "attempts"), number(item, "epoch"), millis(item, "started_at"), ended, null);
	}

	/**
	 * Reads a nested run, of which the run that called it needs the outcome. One that has
	 * not ended well is where the replay ends.
	 */
	private static StoredRun nested(StoredRun run, StepHead head, Map<String, @Nullable Object> item) {
		String response = json(item, "result");
		if (head.status() == StepStatus.DONE && response == null) {
			throw new IllegalArgumentException("The response of the nested run '" + head.key()
					+ "' is not in the steps, so that the run that called it cannot be replayed");
		}
		Object id = item.get("child_run_id");
		String name = head.name();
		RunKey key = new RunKey((id != null) ? id.toString() : UUID.randomUUID().toString(),
				name.substring(name.indexOf(':') + 1), run.sessionId(), run.userId());
		return StoredRun.builder(key, nestedStatus(head.status()))
			.parentRunId(run.runId())
			.response(response)
			.error(json(item, "error"))
			.createdAt(head.startedAt())
			.endedAt(head.endedAt())
			.origin(new RunOrigin(head.key(), null, null, null))
			.build();
	}

	private static RunStatus nestedStatus(StepStatus status) {
		return switch (status) {
			case DONE -> RunStatus.COMPLETED;
			case FAILED -> RunStatus.ERROR;
			case STARTED, WAITING -> RunStatus.RUNNING;
		};
	}

	private static StepState state(Map<String, @Nullable Object> item) {
		if (!item.containsKey("state")) {
			return StepState.NONE;
		}
		Map<String, @Nullable Object> state = object(item, "state");
		Object version = state.get("base_version");
		return new StepState(json(state, "operations"), json(state, "base"),
				(version instanceof Number number) ? number.longValue() : null);
	}

	private static String text(Map<String, @Nullable Object> json, String name) {
		if (!(json.get(name) instanceof String text)) {
			throw missing(name);
		}
		return text;
	}

	private static int number(Map<String, @Nullable Object> json, String name) {
		if (!(json.get(name) instanceof Number number)) {
			throw missing(name);
		}
		return number.intValue();
	}

	private static long millis(Map<String, @Nullable Object> json, String name) {
		if (!(json.get(name) instanceof Number seconds)) {
			throw missing(name);
		}
		return new BigDecimal(seconds.toString()).movePointRight(3).longValue();
	}

	/**
	 * Returns a part of the document as it was stored, {@code null} if it is not there.
	 */
	private static @Nullable String json(Map<String, @Nullable Object> json, String name) {
		return json.containsKey(name) ? EXACT.writeValueAsString(json.get(name)) : null;
	}

	/** Returns the state that the run began with, as far as a step has recorded it. */
	private @Nullable String base() {
		return this.steps.stream()
			.map((step) -> step.state().base())
			.filter((base) -> base != null)
			.findFirst()
			.orElse(null);
	}

	/** Writes the run to a store without one. */
	MapRunJournal writeTo(MapWorkflowSessionRepository store) {
		NewRun begun = NewRun.builder(this.run.key(), new SessionSeed(null, "{}", null))
			.createdAt(this.run.createdAt())
			.build();
		store.create(begun.newSession().withState(base(), 0), List.of());
		store.add(this.run);
		this.nested.forEach(store::add);
		MapRunJournal journal = new MapRunJournal(store);
		this.steps.forEach(journal::add);
		return journal;
	}

}
