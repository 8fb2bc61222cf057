package benchmarks.measure;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a series of values says: its middle, its edges, and how sure the middle is.
 *
 * @param median the median
 * @param p10 a tenth of the values are below
 * @param min the least value
 * @param max the greatest value
 * @param low the lower end of the median's 95 % bootstrap interval
 * @param high the upper end of it
 */
public record Statistics(double median, double p10, double min, double max, double low, double high) {

	private static final int RESAMPLES = 2_000;

	/** Fixed, so that the same values always tell the same. */
	private static final long SEED = 20_261_124;

	/**
	 * Takes the statistics of some values.
	 * @param values one value at least
	 * @return the statistics
	 */
	public static Statistics of(double... values) {
		if (values.length == 0) {
			throw new IllegalArgumentException("There are no values to take statistics of");
		}
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		double[] medians = resampledMedians(sorted);
		return new Statistics(quantile(sorted, 0.5), quantile(sorted, 0.1), sorted[0], sorted[sorted.length - 1],
				quantile(medians, 0.025), quantile(medians, 0.975));
	}

	private static double[] resampledMedians(double[] values) {
		SplittableRandom random = new SplittableRandom(SEED);
		double[] medians = new double[RESAMPLES];
		double[] sample = new double[values.length];
		for (int i = 0; i < RESAMPLES; i++) {
			Arrays.setAll(sample, (ignored) -> values[random.nextInt(values.length)]);
			Arrays.sort(sample);
			medians[i] = quantile(sample, 0.5);
		}
		Arrays.sort(medians);
		return medians;
	}

	/** Between two values, the line between them. */
	private static double quantile(double[] sorted, double share) {
		double position = share * (sorted.length - 1);
		int below = (int) position;
		int above = Math.min(below + 1, sorted.length - 1);
		return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
	}

}
