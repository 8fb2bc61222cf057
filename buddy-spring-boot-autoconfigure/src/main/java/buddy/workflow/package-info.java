/**
 * What a user extends and calls: workflows, their settings and scope, and the runner that
 * records their runs.
 */
@NullMarked
package buddy.workflow;

import org.jspecify.annotations.NullMarked;
