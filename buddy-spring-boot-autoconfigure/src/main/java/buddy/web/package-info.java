/**
 * The HTTP API of workflows, runs and sessions: JSON, event streams and access control.
 */
@NullMarked
package buddy.web;

import org.jspecify.annotations.NullMarked;
