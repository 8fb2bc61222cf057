package sample.console;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The views of the console, of a sample that has done something.
 */
final class Views {

	private Views() {
	}

	/** Runs workflows, and returns the views by the names of their pictures. */
	static Map<String, String> prepare(RunningSample sample) {
		String session = "ada-tea";
		sample.run("research", "{\"topic\":\"fusion\"}", session);
		sample.run("research", "{\"topic\":\"coffee\"}", session);
		sample.run("counter", "{}", "counting");
		sample.run("support", "{\"question\":\"Where is my parcel?\"}");
		sample.run("fan-out", "{\"topics\":[\"tea\",\"coffee\"]}");
		String failed = sample.run("steps", "{\"count\":5,\"pace_ms\":40,\"fail_at\":4,\"fail_times\":9}");
		String other = sample.run("steps", "{\"count\":4,\"pace_ms\":20}");
		String trip = sample.run("trip", "{\"cities\":[\"Paris\",\"Rome\",\"Oslo\"],\"pace_ms\":30}");
		sample.run("counter", "{}", "counting");
		String asking = sample.run("refund",
				"{\"order\":\"A-17\",\"cents\":1250,\"reason\":\"The cup arrived broken\",\"approval\":true}");
		Map<String, String> views = new LinkedHashMap<>();
		views.put("overview", "overview");
		views.put("workflows", "workflows");
		views.put("workflow", "workflows/refund");
		views.put("runs", "runs");
		views.put("run", "runs/" + trip);
		views.put("run-failed", "runs/" + failed);
		views.put("run-paused", "runs/" + asking);
		views.put("run-state", "runs/" + trip + "?tab=state");
		views.put("run-events", "runs/" + trip + "?tab=events");
		views.put("run-conversation", "runs/" + asking + "?tab=talk");
		views.put("compare", "compare/" + failed + "?with=" + other);
		views.put("questions", "questions");
		views.put("sessions", "sessions");
		views.put("session", "sessions/" + session);
		views.put("schedules", "schedules");
		views.put("nodes", "nodes");
		views.put("budgets", "budgets");
		return views;
	}

}
