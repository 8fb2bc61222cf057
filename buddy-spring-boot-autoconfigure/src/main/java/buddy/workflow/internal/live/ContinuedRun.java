package buddy.workflow.internal.live;

import buddy.storage.StoredRun;

/**
 * A run that a call continues instead of beginning one.
 *
 * @param run the run as it was seen
 * @param recovery whether it is continued by itself, since its process died
 * @param retry whether what has failed is tried again, in nested runs too
 * @param verifying whether its code is only compared with what is recorded
 */
public record ContinuedRun(StoredRun run, boolean recovery, boolean retry, boolean verifying) {
}
