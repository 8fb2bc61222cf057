/**
 * Serves workflows, runs and sessions over HTTP: JSON and event streams, for those who
 * may.
 */
@NullMarked
package buddy.web;

import org.jspecify.annotations.NullMarked;
