package buddy.workflow;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter of {@code run()} that is the id of the session to run in.
 *
 * <p>
 * An enclosing {@link WorkflowScope} wins over it, and {@code null} leaves the choice to
 * what comes next.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface SessionId {

}
