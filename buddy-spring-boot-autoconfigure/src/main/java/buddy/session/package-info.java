/**
 * What lasts over runs: the session, its state, and the port that stores sessions and
 * runs.
 */
@NullMarked
package buddy.session;

import org.jspecify.annotations.NullMarked;
