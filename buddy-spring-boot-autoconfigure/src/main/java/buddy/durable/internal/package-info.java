/**
 * Executes the steps of a run, and hands back what is recorded of them.
 */
@NullMarked
package buddy.durable.internal;

import org.jspecify.annotations.NullMarked;
