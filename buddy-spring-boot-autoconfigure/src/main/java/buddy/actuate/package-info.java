/**
 * Actuator support: the workflows endpoint, health and info.
 */
@NullMarked
package buddy.actuate;

import org.jspecify.annotations.NullMarked;
