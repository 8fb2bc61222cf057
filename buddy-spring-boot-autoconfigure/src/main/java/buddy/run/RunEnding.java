package buddy.run;

import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param status the status that it ended with, or {@code null} if it was refused: its
 * session could not be opened, so that it has never begun
 * @param response what it gave, or {@code null} if it was refused
 * @param failure why it did not end well, or {@code null}
 * @param thrown what its body, or opening its session, threw, or {@code null}
 */
public record RunEnding(@Nullable RunStatus status, @Nullable RunResponse response, @Nullable RunFailure failure,
		@Nullable Throwable thrown) {

	/**
	 * Describes a run that has never begun.
	 * @param thrown why
	 * @return the ending
	 */
	public static RunEnding refused(Throwable thrown) {
		return new RunEnding(null, null, null, thrown);
	}

}
