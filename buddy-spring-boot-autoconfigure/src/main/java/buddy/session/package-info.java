/**
 * Sessions, their state, and the views that users have of them.
 */
@NullMarked
package buddy.session;

import org.jspecify.annotations.NullMarked;
