package benchmarks.stream;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

import benchmarks.database.RunningDatabase;
import benchmarks.measure.Interleaving;
import benchmarks.measure.Pair;
import benchmarks.measure.Plan;
import benchmarks.measure.Subject;
import benchmarks.report.Result;
import benchmarks.report.Target;
import benchmarks.report.Targets;

/**
 * What it costs to store the events of a run.
 */
public final class StoredEventBenchmarks {

	private static final String SECTION = "Stored events, PostgreSQL";

	private static final int EVENTS = 1_000;

	private static final int WARM_UP = 300;

	private static final String SESSION = "stored-events";

	private final RunningDatabase database;

	private final Plan plan;

	private final Result.Sink results;

	/**
	 * Creates the benchmarks.
	 * @param database the database
	 * @param plan how long each pair is measured
	 * @param results takes the results
	 */
	public StoredEventBenchmarks(RunningDatabase database, Plan plan, Result.Sink results) {
		this.database = database;
		this.plan = plan.withRuns(1);
		this.results = results;
	}

	/**
	 * Measures.
	 * @throws Exception if a run fails
	 */
	public void measure() throws Exception {
		try (StreamApplication stores = StreamApplication.local(this.database, true);
				StreamApplication forgets = StreamApplication.local(this.database, false)) {
			WordsWorkflow stored = stores.bean(WordsWorkflow.class);
			WordsWorkflow unstored = forgets.bean(WordsWorkflow.class);
			for (int i = 0; i < WARM_UP; i++) { // until the compiler has seen it
				drain(stored, EVENTS, 0);
				drain(unstored, EVENTS, 0);
			}
			JdbcTemplate jdbc = new JdbcTemplate(this.database.dataSource());
			RawEvents raw = new RawEvents(jdbc, EVENTS, RawEvents.last(jdbc, SESSION));
			measure("a run of 1,000 events, as fast as they come", "event", EVENTS, raw, List
				.of(new Judged(new Words("whole run with its events stored", stored, EVENTS, 0), Targets.T7_STORED)));
			for (int pause : new int[] { 10_000, 1_000 }) {
				measure("a run of 100 events, one in %d ms".formatted(pause / 1_000), "run", 1,
						new Words("events not stored", unstored, 100, pause),
						List.of(new Judged(new Words("events stored", stored, 100, pause), Targets.STORING)));
			}
			measure("a run of 1,000 events, as fast as they come", "run", 1,
					new Words("events not stored", unstored, EVENTS, 0),
					List.of(new Judged(new Words("events stored", stored, EVENTS, 0), null)));
		}
	}

	private void measure(String title, String unit, int parts, Subject base, List<Judged> subjects) throws Exception {
		this.database.settle();
		List<Pair> pairs = new Interleaving(this.plan).measure(base,
				subjects.stream().map(Judged::subject).map(Subject.class::cast).toList());
		this.results.add(SECTION, title, unit, pairs.get(0).perPart(parts));
		for (int i = 1; i < pairs.size(); i++) {
			Pair pair = pairs.get(i).perPart(parts);
			Target target = subjects.get(i - 1).target();
			this.results.accept(new Result(SECTION, title, unit, pair, (target != null) ? target.judge(pair) : null));
		}
	}

	private static void drain(WordsWorkflow workflow, int events, long pauseMicros) {
		try (Stream<String> words = workflow.run(SESSION, events, pauseMicros)) {
			long count = words.mapToInt(String::length).filter((length) -> length > 0).count();
			if (count != events) {
				throw new IllegalStateException(count + " events came of " + events);
			}
		}
	}

	private record Judged(Words subject, @Nullable Target target) {
	}

	/** A run, its words drained. */
	private record Words(String name, WordsWorkflow workflow, int events, long pauseMicros) implements Subject {

		@Override
		public void run(int thread) {
			drain(this.workflow, this.events, this.pauseMicros);
		}

	}

}
