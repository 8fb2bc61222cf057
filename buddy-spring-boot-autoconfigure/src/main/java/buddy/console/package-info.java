/**
 * The console: static pages that show workflows, runs and sessions by the HTTP API.
 */
@NullMarked
package buddy.console;

import org.jspecify.annotations.NullMarked;
