/**
 * JSON support: mappers, schemas, and JSON that databases can store. For internal use; it
 * may change at any time.
 */
@NullMarked
package buddy.json.internal;

import org.jspecify.annotations.NullMarked;
