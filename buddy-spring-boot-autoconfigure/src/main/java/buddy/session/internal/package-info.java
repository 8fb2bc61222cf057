/**
 * The sessions of a repository, as their users see them.
 */
@NullMarked
package buddy.session.internal;

import org.jspecify.annotations.NullMarked;
