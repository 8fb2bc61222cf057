package buddy.observability;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import buddy.run.RunEnding;
import buddy.run.RunStart;

/**
 * Context of the observation of a run.
 */
public final class RunObservationContext extends Observation.Context {

	private final RunStart start;

	private final boolean includeContent;

	private volatile @Nullable RunEnding ending;

	/**
	 * Creates the context of a run that starts.
	 * @param start the run
	 * @param includeContent whether key values may contain input and output
	 */
	public RunObservationContext(RunStart start, boolean includeContent) {
		this.start = start;
		this.includeContent = includeContent;
	}

	/**
	 * Returns the run.
	 * @return the run
	 */
	public RunStart getStart() {
		return this.start;
	}

	/**
	 * Returns whether key values may contain input and output.
	 * @return whether content is included
	 */
	public boolean isIncludeContent() {
		return this.includeContent;
	}

	/**
	 * Returns the end of the run.
	 * @return the end, or {@code null} while the run is in progress
	 */
	public @Nullable RunEnding getEnding() {
		return this.ending;
	}

	void setEnding(RunEnding ending) {
		this.ending = ending;
	}

}
