package buddy.engine;

import java.time.Duration;

/**
 * What an engine keeps of a queued run. Everything else is stored with the run, so that a
 * ticket that is lost can be made again.
 *
 * @param workflowId the workflow of the run
 * @param runId the run
 * @param priority runs of a higher priority are executed first; 0 is usual
 * @param delay how long to wait before the run is executed
 */
public record RunTicket(String workflowId, String runId, int priority, Duration delay) {
}
