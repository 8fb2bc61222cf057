package benchmarks.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Measures subjects beside one base: B S B T B, the next round B T B S B, so that each
 * slice of a subject has a slice of the base on either side. The base is a subject too,
 * the A/A pair.
 */
public final class Interleaving {

	private final Plan plan;

	/**
	 * Creates the measurement.
	 * @param plan how long it takes
	 */
	public Interleaving(Plan plan) {
		this.plan = plan;
	}

	/**
	 * Measures.
	 * @param base what all others are compared with
	 * @param subjects the others
	 * @return the A/A pair, and a pair for each of the others
	 * @throws Exception whatever a subject throws
	 */
	public List<Pair> measure(Subject base, List<? extends Subject> subjects) throws Exception {
		List<Series> order = new ArrayList<>();
		order.add(new Series(base.again(), true));
		subjects.forEach((subject) -> order.add(new Series(subject, false)));
		List<Series> all = List.copyOf(order);
		List<Double> baseMicros = new ArrayList<>();
		try (Slices slices = new Slices(this.plan.threads())) {
			int runs = this.plan.runsOf(slices.micros(base, this.plan.runs()));
			long begun = System.nanoTime();
			for (int round = -this.plan.warmUps(); this.plan.goesOn(round, since(begun)); round++) {
				double before = slices.micros(base, runs);
				for (Series series : order) {
					double micros = slices.micros(series.subject, runs);
					double after = slices.micros(base, runs);
					if (round >= 0) {
						baseMicros.add(after);
						series.micros.add(micros);
						series.ratios.add(2 * micros / (before + after));
					}
					before = after;
				}
				Collections.reverse(order);
			}
		}
		double median = Statistics.of(array(baseMicros)).median();
		return all.stream().map((series) -> series.pair(base, median)).toList();
	}

	private static Duration since(long nanoTime) {
		return Duration.ofNanos(System.nanoTime() - nanoTime);
	}

	private static double[] array(List<Double> values) {
		return values.stream().mapToDouble(Double::doubleValue).toArray();
	}

	/** The slices of one subject. */
	private static final class Series {

		private final Subject subject;

		private final boolean self;

		private final List<Double> micros = new ArrayList<>();

		private final List<Double> ratios = new ArrayList<>();

		Series(Subject subject, boolean self) {
			this.subject = subject;
			this.self = self;
		}

		Pair pair(Subject base, double baseMicros) {
			return new Pair(base.name(), this.subject.name(), this.self, baseMicros,
					Statistics.of(array(this.micros)).median(), Statistics.of(array(this.ratios)));
		}

	}

}
