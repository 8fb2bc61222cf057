package buddy.run;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A run has paused: it waits for the answer of a person or for a time, and goes on by
 * itself then. Its caller gets this exception where {@code run()} does not return a
 * {@link RunResponse}.
 */
public class RunPausedException extends RuntimeException {

	private final String runId;

	private final transient List<RunWait> waitsFor;

	/**
	 * Creates the exception.
	 * @param runId the run
	 * @param waitsFor what it waits for
	 */
	public RunPausedException(String runId, List<RunWait> waitsFor) {
		super("Run '" + runId + "' has paused, and waits for "
				+ waitsFor.stream().map(RunPausedException::text).collect(Collectors.joining(", ")), null, false,
				false);
		this.runId = runId;
		this.waitsFor = List.copyOf(waitsFor);
	}

	private static String text(RunWait wait) {
		String what = switch (wait.kind()) {
			case RunWait.ANSWER -> "the answer to '";
			case RunWait.RETRY -> "the next attempt of '";
			default -> "the end of '";
		};
		return what + wait.key() + "'";
	}

	/**
	 * Returns the id of the run.
	 * @return the run id
	 */
	public String runId() {
		return this.runId;
	}

	/**
	 * Returns what the run waits for.
	 * @return the waits
	 */
	public List<RunWait> waitsFor() {
		return this.waitsFor;
	}

}
