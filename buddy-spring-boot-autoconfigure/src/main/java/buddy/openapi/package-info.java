/**
 * The OpenAPI description of the REST routes, for springdoc.
 */
@NullMarked
package buddy.openapi;

import org.jspecify.annotations.NullMarked;
