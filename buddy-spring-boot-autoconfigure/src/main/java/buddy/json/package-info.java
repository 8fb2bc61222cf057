/**
 * The JSON of buddy: one mapper, plain trees, and what a database can keep of them.
 */
@NullMarked
package buddy.json;

import org.jspecify.annotations.NullMarked;
