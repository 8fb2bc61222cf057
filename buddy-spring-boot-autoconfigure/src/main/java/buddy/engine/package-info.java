/**
 * The engine that executes queued runs later, or on another node.
 */
@NullMarked
package buddy.engine;

import org.jspecify.annotations.NullMarked;
