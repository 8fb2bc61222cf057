package buddy.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.Duration;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import buddy.durable.Step;
import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.durable.internal.StepCall;
import buddy.workflow.WorkflowRunContext;

/**
 * A method whose calls are steps.
 *
 * @param name the name of the steps
 * @param type what their results are read as, or {@code null} for none
 * @param options how they are executed
 * @param compareArguments whether the arguments must be the same when a run is continued
 * @param reconcile asks the other system whether the step has happened, or {@code null}
 */
record StepMethod(String name, @Nullable Type type, StepOptions options, boolean compareArguments,
		@Nullable Method reconcile) {

	private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

	/**
	 * Reads what the annotation of a method says.
	 * @param method the method
	 * @param step its annotation
	 * @return the step
	 * @throws IllegalStateException if it cannot be executed that way
	 */
	static StepMethod of(Method method, Step step) {
		try {
			String name = step.value().isEmpty() ? nameOf(method) : step.value();
			StepCall.requireName(name);
			return new StepMethod(name, (method.getReturnType() == void.class) ? null : method.getGenericReturnType(),
					options(step), step.compareArguments(), reconcile(method, step));
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalStateException("@Step of " + nameOf(method) + "(…) cannot be used: " + ex.getMessage(),
					ex);
		}
	}

	private static String nameOf(Method method) {
		return ClassUtils.getUserClass(method.getDeclaringClass()).getSimpleName() + "." + method.getName();
	}

	private static StepOptions options(Step step) {
		return StepOptions.of(step.mode())
			.attempts(step.attempts())
			.backoff(Duration.ofMillis(step.backoffMillis()),
					Duration.ofMillis(Math.max(step.backoffMillis(), LONGEST_BACKOFF.toMillis())))
			.timeout(Duration.ofMillis(step.timeoutMillis()))
			.retryOn(step.retryOn())
			.rethrows(step.rethrows());
	}

	private static @Nullable Method reconcile(Method method, Step step) {
		if (step.reconcile().isEmpty()) {
			return null;
		}
		Method found = ReflectionUtils.findMethod(method.getDeclaringClass(), step.reconcile(),
				method.getParameterTypes());
		if (found == null || found.getReturnType() != StepOutcome.class) {
			throw new IllegalArgumentException("'reconcile' names '" + step.reconcile() + "'; declare a method "
					+ StepOutcome.class.getSimpleName() + " " + step.reconcile()
					+ "(…) with the same parameters in the same class");
		}
		ReflectionUtils.makeAccessible(found);
		return found;
	}

	/** Calls the method as a step of a run. */
	@SuppressWarnings("NullAway") // what the method returns may be null
	@Nullable Object call(WorkflowRunContext run, MethodInvocation invocation) throws Exception {
		@Nullable Object[] arguments = invocation.getArguments();
		StepOptions executed = this.compareArguments ? this.options.input(arguments) : this.options;
		Method asked = this.reconcile;
		if (asked != null) {
			executed = executed.reconcile(() -> ask(asked, invocation.getThis(), arguments));
		}
		return run.step(this.name, this.type, executed, () -> proceed(invocation));
	}

	private static StepOutcome ask(Method method, @Nullable Object target, @Nullable Object[] arguments)
			throws Exception {
		try {
			StepOutcome outcome = (target != null)
					? (StepOutcome) AopUtils.invokeJoinpointUsingReflection(target, method, arguments) : null;
			return (outcome != null) ? outcome : StepOutcome.unknown();
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Each attempt calls what the advice stands around anew. */
	private static @Nullable Object proceed(MethodInvocation invocation) throws Exception {
		try {
			return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

}
