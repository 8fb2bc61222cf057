package benchmarks.report;

import benchmarks.report.Target.Measure;

/**
 * The targets of the design that are ratios of times.
 */
public final class Targets {

	/** A run that is stored at its end only. */
	public static final Target T1_AT_END = new Target("T1", "a run without `RUNNING` row over raw in one transaction",
			Measure.RATIO, 1.2);

	/** A run that is stored when it begins. */
	public static final Target T1_AT_BEGIN = new Target("T1",
			"a run with `RUNNING` row over raw in the same two transactions", Measure.RATIO, 1.1);

	/** A run that is stored when it begins, one statement each time. */
	public static final Target T2 = new Target("T2", "a run with `RUNNING` row over raw in **one** transaction",
			Measure.RATIO, 1.3);

	/** A history of any length. */
	public static final Target T3 = new Target("T3", "10,000 earlier runs over none", Measure.RATIO, 1.05);

	/** Many sessions at once. */
	public static final Target T5 = new Target("T5", "16 sessions at once, beside raw in the same transaction form",
			Measure.THROUGHPUT, 0.9);

	/** An event of a streamed run, in process. */
	public static final Target T7 = new Target("T7", "an event in process over the user's own production",
			Measure.ADDED_MICROS, 0.3);

	/** The start-up of an application. */
	public static final Target T10 = new Target("T10",
			"start-up with the starter over the same web + JPA application with Flyway and AOP", Measure.ADDED_PER_CENT,
			5);

	private Targets() {
	}

}
