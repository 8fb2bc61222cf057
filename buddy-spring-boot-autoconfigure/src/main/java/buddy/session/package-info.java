/**
 * What lasts over runs: the session and its state, and who sees them.
 */
@NullMarked
package buddy.session;

import org.jspecify.annotations.NullMarked;
