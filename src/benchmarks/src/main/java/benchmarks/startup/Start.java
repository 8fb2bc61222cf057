package benchmarks.startup;

/**
 * One start of the application in a JVM of its own.
 *
 * @param wallMicros from the start of the process until the application is ready
 * @param cpuMicros the processor time of that
 * @param workflow whether a workflow was found
 */
record Start(double wallMicros, double cpuMicros, boolean workflow) {
}
