/**
 * What an operator asks of a running application, through Spring Boot's actuator.
 */
@NullMarked
package buddy.actuate;

import org.jspecify.annotations.NullMarked;
