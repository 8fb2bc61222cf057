package benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import benchmarks.database.BenchmarkDatabase;
import benchmarks.database.RunningDatabase;
import benchmarks.event.EventBenchmarks;
import benchmarks.measure.Plan;
import benchmarks.queue.QueueBenchmarks;
import benchmarks.report.Machine;
import benchmarks.report.Page;
import benchmarks.report.Report;
import benchmarks.report.Result;
import benchmarks.report.Verdict;
import benchmarks.run.RunBenchmarks;
import benchmarks.run.StepBenchmarks;
import benchmarks.startup.StartupBenchmarks;
import benchmarks.stream.NodeBenchmarks;
import benchmarks.stream.SseBenchmarks;
import benchmarks.stream.StoredEventBenchmarks;

/**
 * Makes a report: measures, keeps the results as JSON lines, renders the page.
 *
 * <p>
 * {@code --quick} shows that everything works, and leaves results and page of the last
 * full report alone; {@code --only=postgresql,startup} measures a part, likewise;
 * {@code --render} measures nothing and renders the page from the results that are kept.
 */
public final class Benchmarks {

	private static final Logger logger = LoggerFactory.getLogger(Benchmarks.class);

	private final Options options;

	private final List<Result> results = new ArrayList<>();

	private final Map<String, String> databases = new LinkedHashMap<>();

	private Benchmarks(Options options) {
		this.options = options;
	}

	/**
	 * Makes a report.
	 * @param arguments see above
	 * @throws Exception if something cannot be measured
	 */
	public static void main(String[] arguments) throws Exception {
		Options options = Options.parse(arguments);
		if (!options.renderOnly()) {
			new Benchmarks(options).measure().write(options.results());
		}
		Path page = options.page();
		new Page(Report.read(options.results()), Report.readNightly(Options.NIGHTLY)).write(page);
		logger.info("Results in {}, rendered into {}", options.results().toAbsolutePath().normalize(),
				page.toAbsolutePath().normalize());
	}

	private Report measure() throws Exception {
		Machine machine = Machine.here(this.options.mode());
		long begun = System.nanoTime();
		Plan plan = this.options.plan();
		for (BenchmarkDatabase database : BenchmarkDatabase.values()) {
			if (this.options.includes(database.name())) {
				measure(database, plan);
			}
		}
		if (this.options.names("steps")) {
			for (BenchmarkDatabase database : BenchmarkDatabase.values()) {
				steps(database, plan);
			}
		}
		if (this.options.includes("queue")) {
			queue(plan);
		}
		if (this.options.includes("events")) {
			new EventBenchmarks(plan, this::take).measure();
		}
		if (this.options.includes("streams")) {
			streams(plan);
		}
		if (this.options.includes("startup")) {
			new StartupBenchmarks(plan, this::take).measure();
		}
		return new Report(machine.after(Duration.ofNanos(System.nanoTime() - begun).toSeconds(), this.databases),
				this.results);
	}

	private void measure(BenchmarkDatabase database, Plan plan) throws Exception {
		if (!RunBenchmarks.include(database)) {
			steps(database, plan);
			return;
		}
		try (RunningDatabase running = database.open();
				RunBenchmarks runs = new RunBenchmarks(running, plan, this::take)) {
			this.databases.put(database.title(), running.description());
			runs.measure();
		}
		steps(database, plan);
	}

	private void steps(BenchmarkDatabase database, Plan plan) throws Exception {
		if (!database.isThere()) {
			logger.info("{} is not installed and not measured", database.title());
		}
		else if (StepBenchmarks.include(database)) {
			try (RunningDatabase running = database.open()) {
				this.databases.put(database.title(), running.description());
				new StepBenchmarks(running, plan, this::take).measure();
			}
		}
	}

	private void queue(Plan plan) throws Exception {
		try (RunningDatabase running = BenchmarkDatabase.POSTGRESQL.open()) {
			this.databases.put(BenchmarkDatabase.POSTGRESQL.title(), running.description());
			new QueueBenchmarks(running, plan, this::take).measure();
		}
	}

	private void streams(Plan plan) throws Exception {
		try (RunningDatabase running = BenchmarkDatabase.POSTGRESQL.open()) {
			this.databases.put(BenchmarkDatabase.POSTGRESQL.title(), running.description());
			new StoredEventBenchmarks(running, plan, this::take).measure();
			new SseBenchmarks(running, plan, this::take).measure();
			new NodeBenchmarks(running, plan, this::take).measure();
		}
	}

	private void take(Result result) {
		this.results.add(result);
		logger.info("{}: {}: {} {} × {}", result.section(), result.title(), result.pair().subject(),
				"%.3f".formatted(result.pair().ratio().median()), result.pair().base());
		Verdict verdict = result.verdict();
		if (verdict != null) {
			logger.info("{} {}: {} {} ({})", verdict.target(), verdict.met() ? "pass" : "MISS",
					"%.3f".formatted(verdict.measured()), verdict.unit(), verdict.what());
		}
	}

}
