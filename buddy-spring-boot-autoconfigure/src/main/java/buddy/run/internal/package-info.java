/**
 * What buddy itself uses to stop, name and observe runs. It may change at any time.
 */
@NullMarked
package buddy.run.internal;

import org.jspecify.annotations.NullMarked;
