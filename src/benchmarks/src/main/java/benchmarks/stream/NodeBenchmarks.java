package benchmarks.stream;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import benchmarks.database.RunningDatabase;
import benchmarks.measure.Interleaving;
import benchmarks.measure.Pair;
import benchmarks.measure.Plan;
import benchmarks.measure.Subject;
import benchmarks.report.Result;
import benchmarks.report.Targets;

/**
 * How long an event takes from the run to a client, on the node of the run and on another
 * one, with the defaults of {@code buddy.events}.
 */
public final class NodeBenchmarks {

	private static final String SECTION = "Two nodes, PostgreSQL";

	private static final int EVENTS = 10;

	private static final int MOST_MILLIS_BETWEEN = 100;

	private final RunningDatabase database;

	private final Plan plan;

	private final Result.Sink results;

	/**
	 * Creates the benchmarks.
	 * @param database the database
	 * @param plan how long each pair is measured
	 * @param results takes the results
	 */
	public NodeBenchmarks(RunningDatabase database, Plan plan, Result.Sink results) {
		this.database = database;
		this.plan = plan.withRuns(EVENTS);
		this.results = results;
	}

	/**
	 * Measures.
	 * @throws Exception if a run fails
	 */
	public void measure() throws Exception {
		try (StreamApplication first = StreamApplication.web(this.database);
				StreamApplication second = StreamApplication.web(this.database)) {
			TickingWorkflow workflow = first.bean(TickingWorkflow.class);
			String run = SseClient.start(first.port(), "/buddy/workflows/ticking/runs",
					"{\"input\":{},\"session\":{\"session_id\":\"ticking\"}}");
			SseClient here = SseClient.get(first.port(), run + "/events");
			SseClient there = SseClient.get(second.port(), run + "/events");
			AtomicInteger ticks = new AtomicInteger();
			List<Pair> pairs = new Interleaving(this.plan).measure(new Ticks("node of the run", workflow, ticks, here),
					List.of(new Ticks("another node", workflow, ticks, there)));
			for (Pair pair : pairs) {
				this.results.accept(new Result(SECTION, "an event, from the run to a client", "event", pair,
						pair.self() ? null : Targets.LAG.judge(pair)));
			}
			workflow.tick(TickingWorkflow.STOP);
			here.leave();
			there.leave();
		}
	}

	/** An event, until the client has it; clients of others are left to read theirs. */
	private record Ticks(String name, TickingWorkflow workflow, AtomicInteger ticks,
			SseClient client) implements Subject {

		private static final Random RANDOM = new Random(1);

		@Override
		public void run(int thread) throws IOException {
			int tick = this.ticks.incrementAndGet();
			this.workflow.tick(tick);
			String wanted = "\"content\":\"" + tick + "\"";
			SentEvent event = this.client.next();
			while (event != null && !event.data().contains(wanted)) {
				event = this.client.next();
			}
			if (event == null) {
				throw new IllegalStateException("The stream ended before event " + tick);
			}
		}

		/** The next one comes at any time within the intervals of the node. */
		@Override
		public void finish(int thread) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RANDOM.nextInt(MOST_MILLIS_BETWEEN)));
		}

	}

}
