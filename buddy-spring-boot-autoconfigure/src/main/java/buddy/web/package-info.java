/**
 * Workflows over HTTP.
 */
@NullMarked
package buddy.web;

import org.jspecify.annotations.NullMarked;
