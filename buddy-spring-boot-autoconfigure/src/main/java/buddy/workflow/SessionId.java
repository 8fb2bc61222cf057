package buddy.workflow;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter of {@code run()} that holds the id of the session to run in.
 *
 * <p>
 * An enclosing {@link WorkflowScope} takes precedence. If the argument is {@code null},
 * the session is taken from the next source.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface SessionId {

}
