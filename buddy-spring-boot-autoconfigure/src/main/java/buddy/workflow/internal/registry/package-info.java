/**
 * The implementation of the registry, of the runs in progress and of the current user.
 */
@NullMarked
package buddy.workflow.internal.registry;

import org.jspecify.annotations.NullMarked;
