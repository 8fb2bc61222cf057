/**
 * The beans behind the registry, the runs in progress and the current user.
 */
@NullMarked
package buddy.workflow.internal.registry;

import org.jspecify.annotations.NullMarked;
