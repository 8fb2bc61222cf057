package benchmarks.event;

import java.time.Clock;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.WorkflowSettings;

import benchmarks.measure.Interleaving;
import benchmarks.measure.Pair;
import benchmarks.measure.Plan;
import benchmarks.report.Result;
import benchmarks.report.Targets;

/**
 * What buddy adds to an event in process. The store is a map, so that only the events
 * count.
 */
public final class EventBenchmarks {

	private static final Logger logger = LoggerFactory.getLogger(EventBenchmarks.class);

	private static final String SECTION = "Events in process";

	private static final String SESSION = "events";

	private final Plan plan;

	private final Result.Sink results;

	/**
	 * Creates the benchmarks.
	 * @param plan how long each pair is measured
	 * @param results takes the results
	 */
	public EventBenchmarks(Plan plan, Result.Sink results) {
		this.plan = plan;
		this.results = results;
	}

	/**
	 * Measures every shape.
	 * @throws Exception if a run fails
	 */
	public void measure() throws Exception {
		for (EventShape shape : EventShape.values()) {
			logger.info("{}: {}", SECTION, shape.title());
			MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
			WorkflowSettings settings = WorkflowSettings.builder().workflowId(SESSION).sessionId(SESSION).build();
			EventRuns own = new EventRuns("without buddy", shape.own(), () -> {
			});
			WorkflowSessions sessions = new DefaultWorkflowSessions(store, () -> null, Clock.systemUTC());
			EventRuns recorded = new EventRuns("recorded run", shape.recorded(store, settings),
					() -> sessions.delete(SESSION));
			for (Pair ofRun : new Interleaving(this.plan).measure(own, List.of(recorded))) {
				Pair pair = ofRun.perPart(EventShape.EVENTS);
				this.results.accept(
						new Result(SECTION, shape.title(), "event", pair, pair.self() ? null : Targets.T7.judge(pair)));
			}
		}
	}

}
