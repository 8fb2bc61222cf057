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

	/** A recorded step. */
	public static final Target T6 = new Target("T6", "a recorded step over one autocommit `INSERT` of its row",
			Measure.RATIO, 1.15);

	/** A recorded step, on the other databases. */
	public static final Target T6_ELSEWHERE = new Target("T6 (MariaDB, SQLite)",
			"a recorded step over one autocommit `INSERT` of its row", Measure.RATIO, 1.5);

	/** An event of a streamed run, in process. */
	public static final Target T7 = new Target("T7", "an event in process over the user's own production",
			Measure.ADDED_MICROS, 0.3);

	/** An event of a streamed run, stored. */
	public static final Target T7_STORED = new Target("T7", "an event stored over one autocommit `INSERT`",
			Measure.RATIO, 0.05);

	/** What storing events costs the run. */
	public static final Target STORING = new Target("storing", "a run that stores its events over one that does not",
			Measure.ADDED_PER_CENT, 5);

	/** Sending events. */
	public static final Target T8 = new Target("T8", "server-sent events beside a bare `SseEmitter`",
			Measure.THROUGHPUT, 0.9);

	/** Sending events to many clients. */
	public static final Target T8_SERVLET = new Target("T8 (goal)",
			"server-sent events at 16 streams beside bare servlet writes", Measure.THROUGHPUT, 0.5);

	/** The first event. */
	public static final Target T9 = new Target("T9",
			"the first event over a bare one-event stream, a select and an insert", Measure.RATIO, 1.2);

	/** An event of another node. */
	public static final Target LAG = new Target("lag", "the lag of an event on another node", Measure.MILLIS, 250);

	/** The start-up of an application. */
	public static final Target T10 = new Target("T10",
			"start-up with the starter over the same web + JPA application with Flyway and AOP", Measure.ADDED_PER_CENT,
			5);

	/** A queued run. */
	public static final Target T14 = new Target("T14",
			"a trivial queued run over a task of db-scheduler that writes the same rows", Measure.RATIO, 1.5);

	private Targets() {
	}

}
