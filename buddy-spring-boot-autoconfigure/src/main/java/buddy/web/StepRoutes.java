package buddy.web;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.databind.util.RawValue;

import buddy.run.WorkflowRun;
import buddy.session.WorkflowSessions;
import buddy.workflow.RunStep;
import buddy.workflow.WorkflowRuns;

/**
 * The route to list the recorded steps of a run, or to get all that is recorded of it as
 * one document.
 */
final class StepRoutes {

	/** Steps that are in memory at once while a whole document is written. */
	private static final int AT_ONCE = 50;

	private static final int MAX_KEY = 512;

	private final WorkflowSessions sessions;

	private final WorkflowRuns runs;

	private final Function<String, @Nullable String> recipes;

	private final Links links;

	/**
	 * Creates the route.
	 * @param sessions finds runs
	 * @param runs lists their steps
	 * @param recipes finds how a run was called, a JSON object, by its id
	 * @param settings the settings
	 */
	StepRoutes(WorkflowSessions sessions, WorkflowRuns runs, Function<String, @Nullable String> recipes,
			WebSettings settings) {
		this.sessions = sessions;
		this.runs = runs.ofEverybody();
		this.recipes = recipes;
		this.links = new Links(settings.basePath());
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "limit", "after", "full");
		boolean full = query.flag("full");
		boolean paged = !full || query.text("limit") != null;
		int limit = query.limit();
		String after = after(query);
		WorkflowRun run = RunRoutes.require(request, caller, this.sessions);
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		if (full) {
			json.put("run", whole(run));
		}
		if (!paged) {
			Rest rest = new Rest(run.runId(), after);
			rest.hasNext(); // a step that is not there is told before the first byte
			json.put("items", rest);
			return Answer.streamed(json);
		}
		List<RunStep> steps = steps(run.runId(), after, limit + 1);
		boolean more = steps.size() > limit;
		List<RunStep> page = more ? steps.subList(0, limit) : steps;
		json.put("items", page.stream().map(full ? StepViews::whole : StepViews::step).toList());
		URI next = more ? this.links.next(request, limit, page.get(limit - 1).key()) : null;
		return Answer.page(json, next);
	}

	/** Returns what is needed of a run to replay it, with how it was called. */
	private Map<String, @Nullable Object> whole(WorkflowRun run) {
		Map<String, @Nullable Object> json = StepViews.run(run);
		String recipe = this.recipes.apply(run.runId());
		if (recipe != null) {
			json.put("recipe", new RawValue(recipe));
		}
		return json;
	}

	private static @Nullable String after(Query query) {
		String after = query.text("after");
		if (after != null && (after.length() > MAX_KEY || after.chars().anyMatch(Character::isISOControl))) {
			throw noSuchStep();
		}
		return after;
	}

	private List<RunStep> steps(String runId, @Nullable String after, int limit) {
		try {
			return this.runs.steps(runId, after, limit);
		}
		catch (IllegalArgumentException ex) {
			throw noSuchStep();
		}
	}

	private static Problem.Refusal noSuchStep() {
		return Problems.invalidParameter("'after' must be the key of a step of the run").refusal();
	}

	/** The steps after one, read in small pages while they are written. */
	private final class Rest implements Iterator<Map<String, @Nullable Object>> {

		private final String runId;

		private final Deque<RunStep> read = new ArrayDeque<>();

		private @Nullable String last;

		private boolean over;

		Rest(String runId, @Nullable String after) {
			this.runId = runId;
			this.last = after;
		}

		@Override
		public boolean hasNext() {
			if (this.read.isEmpty() && !this.over) {
				this.read.addAll(steps(this.runId, this.last, AT_ONCE));
				this.over = this.read.size() < AT_ONCE;
			}
			return !this.read.isEmpty();
		}

		@Override
		public Map<String, @Nullable Object> next() {
			if (!hasNext()) {
				throw new NoSuchElementException();
			}
			RunStep step = this.read.remove();
			this.last = step.key();
			return StepViews.whole(step);
		}

	}

}
