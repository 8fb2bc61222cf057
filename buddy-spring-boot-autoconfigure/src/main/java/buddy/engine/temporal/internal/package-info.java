/**
 * The engine on Temporal.
 */
@NullMarked
package buddy.engine.temporal.internal;

import org.jspecify.annotations.NullMarked;
