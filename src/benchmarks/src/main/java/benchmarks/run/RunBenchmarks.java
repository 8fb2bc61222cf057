package benchmarks.run;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * Runs on one database, beside the same rows by plain JDBC on the same pool.
 */
public final class RunBenchmarks implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RunBenchmarks.class);

	private static final int SMALL = 100;

	private static final int AT_ONCE = 16;

	private static final int WARM_UPS = 4;

	private static final String AT_BEGIN = "buddy, RUNNING row";

	private static final String AT_END = "buddy, no RUNNING row";

	private final RunningDatabase database;

	private final Plan plan;

	private final Result.Sink results;

	private final BuddyApplication recordsStart;

	private final BuddyApplication recordsEnd;

	/**
	 * Starts the applications.
	 * @param database the database
	 * @param plan how long each pair is measured
	 * @param results takes the results
	 */
	public RunBenchmarks(RunningDatabase database, Plan plan, Result.Sink results) {
		this.database = database;
		this.plan = plan;
		this.results = results;
		this.recordsStart = BuddyApplication.start(database.dataSource(), true);
		this.recordsEnd = BuddyApplication.start(database.dataSource(), false);
	}

	/**
	 * Returns whether runs are measured on a database.
	 * @param database the database
	 * @return whether they are
	 */
	public static boolean include(BenchmarkDatabase database) {
		return database != BenchmarkDatabase.MARIADB;
	}

	/**
	 * Measures everything.
	 * @throws Exception if a run fails
	 */
	public void measure() throws Exception {
		warmUp();
		if (this.database.database() == BenchmarkDatabase.POSTGRESQL_UNFORCED) {
			Case small = new Case(SMALL, true, 0, 1, "0 earlier runs");
			oneTransaction(small, null, null);
			twoTransactions(small, null);
			return;
		}
		for (int earlier : new int[] { 0, 10, 100, 1_000, 10_000 }) {
			Case small = new Case(SMALL, true, earlier, 1, "%,d earlier runs".formatted(earlier));
			oneTransaction(small, (earlier == 0) ? Targets.T1_AT_END : null,
					(earlier == 0 && this.database.database() == BenchmarkDatabase.POSTGRESQL) ? Targets.T2 : null);
			if (earlier == 0 || earlier == 10_000) {
				twoTransactions(small, (earlier == 0) ? Targets.T1_AT_BEGIN : null);
			}
		}
		flat();
		for (int bytes : new int[] { SMALL, 10_000, 100_000 }) {
			for (boolean change : new boolean[] { true, false }) {
				if (bytes > SMALL || !change) {
					oneTransaction(
							new Case(bytes, change, 0, 1, "state of %s kB, %s"
								.formatted((bytes < 1_000) ? "0.1" : bytes / 1_000, change ? "changed" : "unchanged")),
							null, null);
				}
			}
		}
		Case atOnce = new Case(SMALL, true, 0, AT_ONCE, AT_ONCE + " sessions at once");
		oneTransaction(atOnce, Targets.T5, null);
		twoTransactions(atOnce, Targets.T5);
		contention();
	}

	/** Both forms, until the compiler has seen them. */
	private void warmUp() throws Exception {
		logger.info("{}: warming up", this.database.database().title());
		Case small = new Case(SMALL, true, 0, 1, "warm-up");
		Template template = template(small);
		for (int i = 0; i < WARM_UPS; i++) {
			for (boolean recordStart : new boolean[] { true, false }) {
				new Interleaving(this.plan).measure(raw(template, small, recordStart),
						List.of(buddy(template, small, recordStart)));
			}
		}
	}

	private void oneTransaction(Case measured, @Nullable Target atEnd, @Nullable Target atBegin) throws Exception {
		Template template = template(measured);
		measure(measured, raw(template, measured, false), List.of(new Judged(buddy(template, measured, false), atEnd),
				new Judged(buddy(template, measured, true), atBegin)));
	}

	private void twoTransactions(Case measured, @Nullable Target target) throws Exception {
		Template template = template(measured);
		measure(measured, raw(template, measured, true), List.of(new Judged(buddy(template, measured, true), target)));
	}

	/** A long history beside none, both through buddy. */
	private void flat() throws Exception {
		Case none = new Case(SMALL, true, 0, 1, "10,000 earlier runs beside none");
		Case many = new Case(SMALL, true, 10_000, 1, none.title());
		Template template = template(none);
		for (boolean recordStart : new boolean[] { true, false }) {
			BuddyRuns subject = buddy(template, many, recordStart);
			measure(none, buddy(template, none, recordStart),
					List.of(new Judged(subject.named(subject.name() + ", 10,000 earlier"), Targets.T3)));
		}
	}

	/** All on one session, each run counting up in its state; no count may be lost. */
	private void contention() throws Exception {
		Case measured = new Case(SMALL, true, 0, AT_ONCE, AT_ONCE + " threads on one session");
		Template template = template(measured);
		List<Sessions> all = Stream.generate(() -> Sessions.oneForAll(template)).limit(3).toList();
		measure(measured, new RawRuns(this.database, template, all.get(0), false, true), List
			.of(new Judged(buddy(all.get(1), true, false), null), new Judged(buddy(all.get(2), true, true), null)));
		for (Sessions sessions : all) {
			template.requireNothingLost(sessions.of(0));
		}
	}

	private void measure(Case measured, Subject base, List<Judged> subjects) throws Exception {
		String title = measured.title();
		String section = this.database.database().title();
		logger.info("{}: {}, beside {}", section, title, base.name());
		// long histories are copied now, before the housekeeping that they cause
		base.prepare(measured.threads());
		for (Judged judged : subjects) {
			judged.subject().prepare(measured.threads());
		}
		this.database.settle();
		List<Pair> pairs = new Interleaving(this.plan.withThreads(measured.threads())).measure(base,
				subjects.stream().map(Judged::subject).toList());
		// the first is the A/A pair
		this.results.add(section, title, "run", pairs.get(0));
		for (int i = 1; i < pairs.size(); i++) {
			Target target = target(subjects.get(i - 1));
			this.results.accept(new Result(section, title, "run", pairs.get(i),
					(target != null) ? target.judge(pairs.get(i)) : null));
		}
	}

	/** Without a disk and a wire there is nothing that a target speaks of. */
	private @Nullable Target target(Judged subject) {
		return (this.database.database() != BenchmarkDatabase.H2_MEMORY) ? subject.target() : null;
	}

	private Template template(Case measured) {
		return Template.create(this.database, this.recordsStart.workflow(), measured.stateBytes(), measured.change());
	}

	private RawRuns raw(Template template, Case measured, boolean recordStart) {
		return new RawRuns(this.database, template, Sessions.oneEach(template, measured.earlierRuns()), recordStart,
				measured.change());
	}

	private BuddyRuns buddy(Template template, Case measured, boolean recordStart) {
		return buddy(Sessions.oneEach(template, measured.earlierRuns()), measured.change(), recordStart);
	}

	private BuddyRuns buddy(Sessions sessions, boolean change, boolean recordStart) {
		return recordStart ? new BuddyRuns(AT_BEGIN, this.recordsStart.workflow(), sessions, change)
				: new BuddyRuns(AT_END, this.recordsEnd.workflow(), sessions, change);
	}

	@Override
	public void close() {
		this.recordsEnd.close();
		this.recordsStart.close();
	}

	/**
	 * What is measured.
	 *
	 * @param stateBytes how much state the session has
	 * @param change whether the run changes it
	 * @param earlierRuns how many runs the session has
	 * @param threads how many run at once
	 * @param title what reports call it
	 */
	private record Case(int stateBytes, boolean change, int earlierRuns, int threads, String title) {
	}

	private record Judged(BuddyRuns subject, @Nullable Target target) {
	}

}
