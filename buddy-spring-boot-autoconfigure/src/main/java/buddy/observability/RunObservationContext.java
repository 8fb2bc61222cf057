package buddy.observability;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import buddy.run.RunEnding;
import buddy.run.RunStart;

/**
 * What is known of an observed run.
 */
public final class RunObservationContext extends Observation.Context {

	private final RunStart start;

	private final boolean includeContent;

	private volatile @Nullable RunEnding ending;

	/**
	 * Creates the context of a run that starts.
	 * @param start the run
	 * @param includeContent whether its keys may tell input and output
	 */
	public RunObservationContext(RunStart start, boolean includeContent) {
		this.start = start;
		this.includeContent = includeContent;
	}

	/**
	 * Returns the run.
	 * @return what was known when it started
	 */
	public RunStart getStart() {
		return this.start;
	}

	/**
	 * Returns whether the keys may tell input and output.
	 * @return whether they may
	 */
	public boolean isIncludeContent() {
		return this.includeContent;
	}

	/**
	 * Returns how the run ended.
	 * @return the ending, or {@code null} while it runs
	 */
	public @Nullable RunEnding getEnding() {
		return this.ending;
	}

	void setEnding(RunEnding ending) {
		this.ending = ending;
	}

}
