/**
 * The API for applications: workflows, their settings and scope, the registry and the
 * runs in progress.
 */
@NullMarked
package buddy.workflow;

import org.jspecify.annotations.NullMarked;
