package buddy.storage;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;
import buddy.session.SessionAccess;

/**
 * Reads what an overview shows of many runs. It costs the store no more the longer its
 * history is, and reads no input, response or error of any size.
 */
public interface RunStatistics {

	/**
	 * Reads the latest runs that began in a period.
	 * @param from the start of the period, inclusive
	 * @param to the end of the period, inclusive
	 * @param viewer restricts the result to what this viewer may read, or {@code null}
	 * for no restriction
	 * @param most how many runs are looked at, whoever may read them
	 * @return those of the runs that the viewer may read
	 */
	RecentRuns recent(Instant from, Instant to, @Nullable SessionAccess viewer, int most);

	/**
	 * Counts the runs that have not ended.
	 * @param viewer restricts the result to what this viewer may read, or {@code null}
	 * for no restriction
	 * @param most how many runs are looked at, whoever may read them: the oldest of those
	 * in progress, and the oldest of those that are paused
	 * @return the runs
	 */
	UnfinishedRuns unfinished(@Nullable SessionAccess viewer, int most);

	/**
	 * Runs that began in a period.
	 *
	 * @param runs the runs, the latest first
	 * @param cut when the latest of those began that were not looked at, or {@code null}
	 * if all were
	 */
	record RecentRuns(List<RunFigures> runs, @Nullable Instant cut) {

		/**
		 * Copies the runs.
		 */
		public RecentRuns {
			runs = List.copyOf(runs);
		}

	}

	/**
	 * What is shown of a run.
	 *
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param status its status
	 * @param createdAt when it began, in milliseconds since the epoch
	 * @param endedAt when it ended, in milliseconds since the epoch, or {@code null}
	 * @param measures what else is known of its end
	 */
	record RunFigures(String runId, String workflowId, RunStatus status, long createdAt, @Nullable Long endedAt,
			RunMeasures measures) {
	}

	/**
	 * The runs that have not ended.
	 *
	 * @param counts how many have which status; a status that none has may be missing
	 * @param oldest the run that began first, or {@code null} if there is none
	 */
	record UnfinishedRuns(Map<RunStatus, Integer> counts, @Nullable OldestRun oldest) {

		/**
		 * Copies the counts.
		 */
		public UnfinishedRuns {
			counts = Map.copyOf(counts);
		}

	}

	/**
	 * The unfinished run that began first.
	 *
	 * @param runId the run
	 * @param workflowId its workflow
	 * @param createdAt when it began
	 */
	record OldestRun(String runId, String workflowId, Instant createdAt) {
	}

}
