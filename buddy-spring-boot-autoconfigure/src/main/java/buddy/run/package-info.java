/**
 * The facts of one run: its response, events, status, record and context.
 */
@NullMarked
package buddy.run;

import org.jspecify.annotations.NullMarked;
