/**
 * Steps of runs: what users say of them, and the journal in which their results stand.
 */
@NullMarked
package buddy.durable;

import org.jspecify.annotations.NullMarked;
