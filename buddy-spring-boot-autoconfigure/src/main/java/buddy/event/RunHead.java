package buddy.event;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * How far a run has come.
 *
 * @param runId the run
 * @param status where it stands
 * @param last the position of its last stored event, or {@code null} if it has none; of a
 * run that has ended, all of its events are stored
 */
public record RunHead(String runId, RunStatus status, @Nullable EventPosition last) {
}
