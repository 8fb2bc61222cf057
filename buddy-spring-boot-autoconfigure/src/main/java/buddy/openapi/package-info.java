/**
 * The OpenAPI description of the HTTP routes, for springdoc.
 */
@NullMarked
package buddy.openapi;

import org.jspecify.annotations.NullMarked;
