package buddy.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import buddy.json.internal.Json;
import buddy.run.WorkflowRun;
import buddy.workflow.RunStep;

/**
 * The answers of {@code GET /runs/{id}/steps?full=true}, without a server.
 */
public final class StepDocuments {

	private StepDocuments() {
	}

	public static String of(WorkflowRun run, List<RunStep> steps) {
		return Json.write(page(run, steps));
	}

	/** A page after which others follow. */
	public static String pageOf(WorkflowRun run, List<RunStep> steps, String next) {
		Map<String, Object> page = page(run, steps);
		page.put("next", next);
		return Json.write(page);
	}

	/** The answer without {@code full=true}. */
	public static String shortened(List<RunStep> steps) {
		return Json.write(Map.of("items", steps.stream().map(StepViews::step).toList()));
	}

	private static Map<String, Object> page(WorkflowRun run, List<RunStep> steps) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("run", StepViews.run(run));
		json.put("items", steps.stream().map(StepViews::whole).toList());
		return json;
	}

}
