package benchmarks.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

import benchmarks.measure.Interleaving;
import benchmarks.measure.Pair;
import benchmarks.measure.Plan;
import benchmarks.measure.Statistics;
import benchmarks.report.Result;
import benchmarks.report.Targets;

/**
 * What the starter adds to the start-up of an application that has web, JPA, Flyway and
 * AOP already. Each start is a process of its own; the tables are current.
 */
public final class StartupBenchmarks {

	private static final Logger logger = LoggerFactory.getLogger(StartupBenchmarks.class);

	private static final String SECTION = "Start-up";

	private final Plan plan;

	private final Result.Sink results;

	/**
	 * Creates the benchmarks.
	 * @param plan how many rounds there are
	 * @param results takes the results
	 */
	public StartupBenchmarks(Plan plan, Result.Sink results) {
		this.plan = new Plan(0, plan.rounds(), plan.rounds(), Duration.ZERO, 1, Duration.ZERO, 1);
		this.results = results;
	}

	/**
	 * Starts the application again and again.
	 * @throws Exception if it does not start
	 */
	public void measure() throws Exception {
		Path folder = Files.createTempDirectory("buddy-benchmarks");
		try {
			measure(new Starter(false, folder), new Starter(true, folder));
		}
		finally {
			FileSystemUtils.deleteRecursively(folder);
		}
	}

	private void measure(Starter without, Starter with) throws Exception {
		logger.info("{}: {} rounds", SECTION, this.plan.rounds());
		makeTables(without, with);
		for (Pair pair : new Interleaving(this.plan).measure(without, List.of(with))) {
			this.results.accept(new Result(SECTION, "wall clock until ready", "start", pair,
					pair.self() ? null : Targets.T10.judge(pair)));
		}
		this.results.add(SECTION, "processor time until ready", "start", pair(without, with, Start::cpuMicros));
		this.results.add(SECTION, "fastest start", "start", fastest(without, with));
	}

	private void makeTables(Starter without, Starter with) throws IOException, InterruptedException {
		double without1 = without.start().wallMicros();
		double with1 = with.start().wallMicros();
		this.results.add(SECTION, "the very first start, which makes the tables (once)", "start",
				new Pair(without.name(), with.name(), false, without1, with1, Statistics.of(with1 / without1)));
	}

	/** Every start with the starter over the median of those without. */
	private static Pair pair(Starter without, Starter with, ToDoubleFunction<Start> measure) {
		double base = Statistics.of(values(without, measure)).median();
		double[] values = values(with, measure);
		double[] ratios = new double[values.length];
		for (int i = 0; i < ratios.length; i++) {
			ratios[i] = values[i] / base;
		}
		return new Pair(without.name(), with.name(), false, base, Statistics.of(values).median(),
				Statistics.of(ratios));
	}

	private static Pair fastest(Starter without, Starter with) {
		double base = Statistics.of(values(without, Start::wallMicros)).min();
		double subject = Statistics.of(values(with, Start::wallMicros)).min();
		return new Pair(without.name(), with.name(), false, base, subject, Statistics.of(subject / base));
	}

	private static double[] values(Starter starter, ToDoubleFunction<Start> measure) {
		return starter.starts().stream().mapToDouble(measure).toArray();
	}

}
