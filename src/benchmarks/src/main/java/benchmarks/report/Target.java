package benchmarks.report;

import benchmarks.measure.Pair;
import benchmarks.measure.Statistics;

/**
 * A target of the design.
 *
 * @param number its number there
 * @param what what is limited
 * @param measure how a pair is held to it
 * @param limit the limit
 */
public record Target(String number, String what, Measure measure, double limit) {

	/**
	 * Holds a pair to the target.
	 * @param pair the pair
	 * @return the verdict
	 */
	public Verdict judge(Pair pair) {
		Statistics ratio = pair.ratio();
		return switch (this.measure) {
			case RATIO -> verdict(ratio.median(), ratio.low(), ratio.high(), "×", ratio.median() <= this.limit);
			case THROUGHPUT -> verdict(1 / ratio.median(), 1 / ratio.high(), 1 / ratio.low(), "× the throughput",
					1 / ratio.median() >= this.limit);
			case ADDED_PER_CENT -> verdict(100 * (ratio.median() - 1), 100 * (ratio.low() - 1),
					100 * (ratio.high() - 1), "%", 100 * (ratio.median() - 1) <= this.limit);
			case ADDED_MICROS -> {
				double base = pair.baseMicros();
				double added = base * (ratio.median() - 1);
				yield verdict(added, base * (ratio.low() - 1), base * (ratio.high() - 1), "µs", added <= this.limit);
			}
			case MILLIS -> {
				double base = pair.baseMicros() / 1e3;
				double millis = pair.subjectMicros() / 1e3;
				yield verdict(millis, base * ratio.low(), base * ratio.high(), "ms", millis <= this.limit);
			}
		};
	}

	private Verdict verdict(double measured, double low, double high, String unit, boolean met) {
		return new Verdict(this.number, this.what, measured, low, high, this.limit, unit, met);
	}

	/**
	 * How a pair is held to a target.
	 */
	public enum Measure {

		/** Time over the base's, at the most the limit. */
		RATIO,

		/** The base's time over the subject's, at least the limit. */
		THROUGHPUT,

		/** Time over the base's less 1, in per cent. */
		ADDED_PER_CENT,

		/** Time less the base's, in microseconds. */
		ADDED_MICROS,

		/** Time in milliseconds, whatever the base's. */
		MILLIS

	}

}
