package buddy.workflow;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter of {@code run()} that holds the id of the run's user.
 *
 * <p>
 * An enclosing {@link WorkflowScope} takes precedence. If the argument is {@code null},
 * the user is taken from the next source.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface UserId {

}
