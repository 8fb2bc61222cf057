package buddy.durable;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes each call of a bean's method by a run a step of the run: its result is recorded,
 * and if the run is continued after a crash, the recorded result is returned and the
 * method is not called again. Outside of a run, and within the body of a step, the method
 * is called as any other.
 *
 * <p>
 * The result is read back as the return type of the method. The bean must be called
 * through Spring, not through {@code this}, and its class must be in a package that is
 * scanned for workflows. In the method, {@code RunContext.current().stepKey()} is the key
 * for calls of other systems.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Step {

	/**
	 * Returns the name of the step.
	 * @return the name; by default, that of the class and the method, such as
	 * {@code Billing.charge}
	 */
	String value() default "";

	/**
	 * Returns what a crash in the midst of the step means for the method.
	 * @return the mode
	 */
	StepMode mode() default StepMode.AT_LEAST_ONCE;

	/**
	 * Returns how often the method is called at the most before its failure counts.
	 * @return the number of calls
	 */
	int attempts() default 1;

	/**
	 * Returns how long to wait before the second attempt; the wait doubles with each
	 * attempt that follows, up to 30 s.
	 * @return the time in milliseconds
	 */
	long backoffMillis() default 500;

	/**
	 * Returns how long one attempt may take. The limit is cooperative: agents and
	 * {@code cancelled()} see it, and nothing is interrupted.
	 * @return the time in milliseconds; 0 for as long as it likes
	 */
	long timeoutMillis() default 0;

	/**
	 * Returns after which exceptions the method is called again.
	 * @return the types; by default every {@link Exception} that {@link #rethrows()} does
	 * not name
	 */
	Class<? extends Throwable>[] retryOn() default {};

	/**
	 * Returns whether a run that is continued and calls the method with other arguments
	 * is stopped, with the reason {@code step_mismatch}, as with
	 * {@link StepOptions#input}.
	 * @return whether the arguments are compared, by the JSON that Jackson writes of them
	 */
	boolean compareArguments() default false;

	/**
	 * Returns the name of a method that asks the other system whether the step has
	 * happened, as with {@link StepOptions#reconcile}. It belongs to the same class, has
	 * the same parameters and returns a {@link StepOutcome}.
	 * @return the name of the method, or an empty text for none
	 */
	String reconcile() default "";

	/**
	 * Returns whether a person is asked if the step was interrupted and whether it has
	 * happened is not known, as with {@link StepOptions#askIfInterrupted}.
	 * @return whether a person is asked
	 */
	boolean askIfInterrupted() default false;

	/**
	 * Returns the role whose users may answer that, in addition to those who may see the
	 * run.
	 * @return the role, or an empty text for none
	 */
	String askRole() default "";

	/**
	 * Returns the exceptions that a run which is continued gets as what they were.
	 * @return the types; each needs a constructor that takes a message, or none
	 */
	Class<? extends Exception>[] rethrows() default {};

}
