/**
 * The implementation of {@link buddy.session.WorkflowSessions} on top of the repository.
 */
@NullMarked
package buddy.session.internal;

import org.jspecify.annotations.NullMarked;
