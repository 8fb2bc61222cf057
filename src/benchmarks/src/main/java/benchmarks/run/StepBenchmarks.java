package benchmarks.run;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

import benchmarks.database.BenchmarkDatabase;
import benchmarks.database.RunningDatabase;
import benchmarks.measure.Interleaving;
import benchmarks.measure.Pair;
import benchmarks.measure.Plan;
import benchmarks.measure.Subject;
import benchmarks.report.Result;
import benchmarks.report.Target;
import benchmarks.report.Targets;

/**
 * What a recorded step costs beside one autocommit insert of the same row.
 */
public final class StepBenchmarks {

	private static final Logger logger = LoggerFactory.getLogger(StepBenchmarks.class);

	/** So many that begin and end of the run hardly count. */
	private static final int STEPS = 200;

	private static final int WARM_UP = 40;

	private static final String SESSION = "steps";

	private static final String RESULT = "what a look-up returned, about as long as an answer of a model; ".repeat(14);

	private final RunningDatabase database;

	private final Plan plan;

	private final Result.Sink results;

	/**
	 * Creates the benchmarks.
	 * @param database the database
	 * @param plan how long each pair is measured
	 * @param results takes the results
	 */
	public StepBenchmarks(RunningDatabase database, Plan plan, Result.Sink results) {
		this.database = database;
		this.plan = plan.withRuns(1);
		this.results = results;
	}

	/**
	 * Measures.
	 * @throws Exception if a run fails
	 */
	public void measure() throws Exception {
		try (BuddyApplication application = BuddyApplication.start(this.database.dataSource(), true)) {
			logger.info("{}: steps", this.database.database().title());
			Subject step = new BuddySteps("buddy, a step each", SESSION, application.steps());
			Subject withEvents = new BuddySteps("buddy, a step and its two events each", SESSION + "-events",
					application.stepsWithEvents());
			RawSteps raw = RawSteps.of(this.database, SESSION, RESULT, STEPS);
			for (int i = 0; i < WARM_UP; i++) { // until the compiler has seen it
				step.run(0);
				withEvents.run(0);
				raw.run(0);
			}
			new JdbcTemplate(this.database.dataSource())
				.update("delete from buddy_workflow_run where session_id like '" + SESSION + "%'");
			this.database.settle();
			List<Pair> pairs = new Interleaving(this.plan).measure(raw, List.of(step, withEvents));
			String section = this.database.database().title();
			String title = "a run of " + STEPS + " steps";
			this.results.add(section, title, "step", pairs.get(0).perPart(STEPS));
			this.results.add(section, title, "step", pairs.get(2).perPart(STEPS));
			Pair pair = pairs.get(1).perPart(STEPS);
			Target target = target();
			this.results.accept(new Result(section, title, "step", pair, (target != null) ? target.judge(pair) : null));
		}
	}

	private @Nullable Target target() {
		return switch (this.database.database()) {
			case POSTGRESQL, H2_FILE -> Targets.T6;
			case MARIADB, SQLITE -> Targets.T6_ELSEWHERE;
			default -> null;
		};
	}

	/**
	 * Returns whether steps are measured on a database.
	 * @param database the database
	 * @return whether they are
	 */
	public static boolean include(BenchmarkDatabase database) {
		return database != BenchmarkDatabase.POSTGRESQL_UNFORCED;
	}

	private record BuddySteps(String name, String session, StepsWorkflow workflow) implements Subject {

		@Override
		public void run(int thread) {
			if (this.workflow.run(this.session, RESULT, STEPS) != STEPS * RESULT.length()) {
				throw new IllegalStateException("A step returned something else");
			}
		}

	}

}
