/**
 * Observations, metrics and MDC entries of runs and agent calls.
 */
@NullMarked
package buddy.observability;

import org.jspecify.annotations.NullMarked;
