package benchmarks.report;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import benchmarks.measure.Pair;

/**
 * One measured pair.
 *
 * @param section the table it stands in
 * @param title what was measured
 * @param unit what the microseconds are of, such as a run or an event
 * @param pair the pair
 * @param verdict what a target says of it, if one applies
 */
public record Result(String section, String title, String unit, Pair pair, @Nullable Verdict verdict) {

	/**
	 * Takes results as they come.
	 */
	@FunctionalInterface
	public interface Sink extends Consumer<Result> {

		/**
		 * Takes a pair that no target applies to.
		 * @param section the table it stands in
		 * @param title what was measured
		 * @param unit what the microseconds are of
		 * @param pair the pair
		 */
		default void add(String section, String title, String unit, Pair pair) {
			accept(new Result(section, title, unit, pair, null));
		}

	}

}
