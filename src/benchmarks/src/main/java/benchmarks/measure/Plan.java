package benchmarks.measure;

import java.time.Duration;

/**
 * How long a measurement takes.
 *
 * @param warmUps how many rounds run first and do not count
 * @param rounds how many rounds count at least
 * @param mostRounds how many rounds count at the most
 * @param budget the time after which no more rounds are begun than must be
 * @param runs how many runs a slice has at least, over all threads
 * @param slice how long a slice takes at least, by having more runs
 * @param threads how many threads run at once
 */
public record Plan(int warmUps, int rounds, int mostRounds, Duration budget, int runs, Duration slice, int threads) {

	private static final int MOST_RUNS = 5_000;

	/**
	 * Returns the plan of a report that counts.
	 * @return the plan
	 */
	public static Plan full() {
		return new Plan(1, 9, 25, Duration.ofSeconds(6), 100, Duration.ofMillis(80), 1);
	}

	/**
	 * Returns the plan of a report that only shows that everything works.
	 * @return the plan
	 */
	public static Plan quick() {
		return new Plan(0, 2, 2, Duration.ZERO, 20, Duration.ZERO, 1);
	}

	/**
	 * Returns the same plan for several threads.
	 * @param threads how many run at once
	 * @return the plan
	 */
	public Plan withThreads(int threads) {
		// a slice of few runs a thread would measure how threads start
		return new Plan(this.warmUps, this.rounds, this.mostRounds, this.budget,
				Math.max(this.runs, this.runs * threads / 10), this.slice, threads);
	}

	/**
	 * Returns the same plan for runs that take long each.
	 * @param runs how many runs a slice has at least
	 * @return the plan
	 */
	public Plan withRuns(int runs) {
		return new Plan(this.warmUps, this.rounds, this.mostRounds, this.budget, runs, this.slice, this.threads);
	}

	int runsOf(double microsOfOne) {
		double wanted = this.slice.toNanos() / 1e3 / microsOfOne;
		return (int) Math.max(this.runs, Math.min(wanted, MOST_RUNS));
	}

	boolean goesOn(int rounds, Duration elapsed) {
		return rounds < this.rounds || (rounds < this.mostRounds && elapsed.compareTo(this.budget) < 0);
	}

}
