/**
 * Runs and agent calls as observations, metrics and entries of log lines.
 */
@NullMarked
package buddy.observability;

import org.jspecify.annotations.NullMarked;
