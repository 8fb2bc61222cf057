/**
 * The JSON of buddy: one mapper, plain trees, and what a database can keep of them. It
 * may change at any time.
 */
@NullMarked
package buddy.json.internal;

import org.jspecify.annotations.NullMarked;
