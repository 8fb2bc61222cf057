/**
 * The exception for values that cannot be stored as JSON.
 */
@NullMarked
package buddy.json;

import org.jspecify.annotations.NullMarked;
