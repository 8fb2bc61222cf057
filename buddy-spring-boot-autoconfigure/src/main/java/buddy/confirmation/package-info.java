/**
 * Tools that an agent calls only after a person has confirmed it.
 */
@NullMarked
package buddy.confirmation;

import org.jspecify.annotations.NullMarked;
