package buddy.event;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;

/**
 * The status and the last event of a run.
 *
 * @param runId the run
 * @param status its status
 * @param last the position of its last stored event, or {@code null} if there is none;
 * once a run has ended, all its events are stored
 */
public record RunHead(String runId, RunStatus status, @Nullable EventPosition last) {
}
