package buddy.workflow.internal.live;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.session.SessionConcurrency;
import buddy.storage.StoredRun;
import buddy.workflow.RunOptions;

/**
 * How a run was called, as far as the execution that continues it cannot know it from the
 * settings of its workflow.
 *
 * @param options the options of the call itself
 * @param inputFiltered whether a filter changed the input before it was recorded, so that
 * the run cannot be called with it again
 * @param fork how the run was forked from another one, or {@code null}
 * @param queued how the run was queued, or {@code null} if it was not
 */
public record RunRecipe(RunOptions options, boolean inputFiltered, @Nullable ForkRecipe fork,
		@Nullable QueuedCall queued) {

	private static final RunRecipe ORDINARY = new RunRecipe(RunOptions.NONE, false, null, null);

	private static final String CONCURRENCY = "concurrency";

	private static final String WAIT_TIMEOUT = "wait_timeout";

	private static final String TIMEOUT = "timeout";

	private static final String DEADLINE = "deadline";

	private static final String DEADLINE_AT = "deadline_at";

	private static final String INPUT_FILTERED = "input_filtered";

	private static final String FORK = "fork";

	private static final String QUEUED = "queued";

	/**
	 * Reads the recipe of a run.
	 * @param run the run
	 * @return its recipe
	 */
	public static RunRecipe of(StoredRun run) {
		String recipe = run.origin().recipe();
		if (recipe == null) {
			return ORDINARY;
		}
		Map<String, @Nullable Object> map = Json.readMap(recipe);
		RunOptions options = RunOptions.NONE.withWaitTimeout(duration(map.get(WAIT_TIMEOUT)))
			.withTimeout(duration(map.get(TIMEOUT)))
			.withDeadline(duration(map.get(DEADLINE)));
		if (map.get(DEADLINE_AT) instanceof String at) {
			options = options.withDeadline(Instant.parse(at));
		}
		if (map.get(CONCURRENCY) instanceof String policy) {
			options = options.withConcurrency(SessionConcurrency.valueOf(policy));
		}
		return new RunRecipe(options, Boolean.TRUE.equals(map.get(INPUT_FILTERED)),
				(map.get(FORK) instanceof Map<?, ?> fork) ? ForkRecipe.read(fork) : null,
				(map.get(QUEUED) instanceof Map<?, ?> queued) ? QueuedCall.read(queued) : null);
	}

	/** Returns whether the run was queued, so that nobody waits for it. */
	public boolean isQueued() {
		return this.queued != null;
	}

	private static @Nullable Duration duration(@Nullable Object text) {
		return (text != null) ? Duration.parse(String.valueOf(text)) : null;
	}

	/**
	 * Writes the recipe.
	 * @return a JSON object, or {@code null} for an ordinary call
	 */
	public @Nullable String json() {
		if (equals(ORDINARY)) {
			return null;
		}
		Map<String, Object> map = new LinkedHashMap<>();
		put(map, CONCURRENCY, this.options.concurrency());
		put(map, WAIT_TIMEOUT, this.options.waitTimeout());
		put(map, TIMEOUT, this.options.timeout());
		put(map, DEADLINE, this.options.deadline());
		put(map, DEADLINE_AT, this.options.deadlineAt());
		if (this.inputFiltered) {
			map.put(INPUT_FILTERED, true);
		}
		if (this.fork != null) {
			map.put(FORK, this.fork.map());
		}
		if (this.queued != null) {
			map.put(QUEUED, this.queued.map());
		}
		return Json.write(map);
	}

	private static void put(Map<String, Object> map, String name, @Nullable Object value) {
		if (value != null) {
			map.put(name, value.toString());
		}
	}

}
