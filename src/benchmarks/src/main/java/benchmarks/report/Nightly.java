package benchmarks.report;

/**
 * Many streamed runs that were open at once.
 *
 * @param machine on what
 * @param database its version and settings
 * @param runs how many runs were opened
 * @param openAtOnce how many of them were open at the same time
 * @param completed how many callers got all of their items
 * @param recorded how many runs the database has as {@code COMPLETED}
 * @param heapUsedMegabytes the heap in use after a collection while all were open
 * @param heapLimitMegabytes the heap's limit
 * @param pinned how often a virtual thread has held its carrier for more than 20 ms
 * @param threadsBefore the platform threads before the first run
 * @param threadsAfter the platform threads after the last one
 * @param secondsToOpen how long opening took
 * @param secondsToDrain how long draining took
 */
public record Nightly(Machine machine, String database, int runs, int openAtOnce, int completed, long recorded,
		long heapUsedMegabytes, long heapLimitMegabytes, int pinned, int threadsBefore, int threadsAfter,
		double secondsToOpen, double secondsToDrain) {

	/**
	 * Tells whether no run was lost.
	 * @return whether all were open at once, completed and recorded
	 */
	public boolean allRecorded() {
		return this.openAtOnce == this.runs && this.completed == this.runs && this.recorded == this.runs;
	}

}
