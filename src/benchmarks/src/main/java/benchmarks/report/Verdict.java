package benchmarks.report;

/**
 * A target of the design, and whether it is met.
 *
 * @param target its number
 * @param what what is limited
 * @param measured the measured value
 * @param low the lower end of its 95 % interval
 * @param high the upper end of it
 * @param limit the most it may be, or the least if it is a throughput
 * @param unit the unit of all of these
 * @param met whether it is met
 */
public record Verdict(String target, String what, double measured, double low, double high, double limit, String unit,
		boolean met) {
}
