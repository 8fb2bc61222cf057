/**
 * The earlier runs of a session, as a workflow can read them.
 */
@NullMarked
package buddy.memory;

import org.jspecify.annotations.NullMarked;
