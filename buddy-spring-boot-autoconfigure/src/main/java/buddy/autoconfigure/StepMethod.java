package buddy.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import buddy.durable.QuestionOptions;
import buddy.durable.Step;
import buddy.durable.StepOptions;
import buddy.durable.StepOutcome;
import buddy.durable.internal.StepCall;
import buddy.workflow.WorkflowRunContext;
import buddy.workflow.internal.definition.ReactiveTypes;

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

	private static final List<Class<?>> LATER = List.of(CompletionStage.class, Future.class, BaseStream.class,
			Iterator.class, Flow.Publisher.class);

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
			Method reconcile = reconcile(method, step);
			StepOptions options = options(step);
			((reconcile != null) ? options.reconcile(StepOutcome::unknown) : options).requireConsistent(name);
			return new StepMethod(name, (method.getReturnType() == void.class) ? null : method.getGenericReturnType(),
					options, step.compareArguments(), reconcile);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalStateException("@Step of " + nameOf(method) + "(…) cannot be used: " + ex.getMessage(),
					ex);
		}
	}

	/**
	 * Checks that calls of a method can be steps.
	 * @param method the method
	 * @throws IllegalStateException if they would be plain calls, or its result comes
	 * later
	 */
	static void requireAdvised(Method method) {
		int modifiers = method.getModifiers();
		if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers)) {
			throw new IllegalStateException("@Step of " + nameOf(method)
					+ "(…) has no effect, since Spring cannot intercept calls of it: make it neither private nor static nor final");
		}
		Class<?> type = method.getReturnType();
		if (LATER.stream().anyMatch((later) -> later.isAssignableFrom(type))
				|| ReactiveTypes.adapter(ResolvableType.forMethodReturnType(method)) != null) {
			throw new IllegalStateException("@Step of " + nameOf(method) + "(…) cannot record its result, a "
					+ type.getSimpleName() + ", which comes later: return the value itself");
		}
	}

	private static String nameOf(Method method) {
		return ClassUtils.getUserClass(method.getDeclaringClass()).getSimpleName() + "." + method.getName();
	}

	private static StepOptions options(Step step) {
		StepOptions options = StepOptions.of(step.mode())
			.attempts(step.attempts())
			.backoff(Duration.ofMillis(step.backoffMillis()),
					Duration.ofMillis(Math.max(step.backoffMillis(), LONGEST_BACKOFF.toMillis())))
			.timeout(Duration.ofMillis(step.timeoutMillis()))
			.retryOn(step.retryOn())
			.rethrows(step.rethrows());
		QuestionOptions question = step.askRole().isEmpty() ? QuestionOptions.none()
				: QuestionOptions.none().role(step.askRole());
		if (!step.askIfInterrupted() && !step.askRole().isEmpty()) {
			throw new IllegalArgumentException("'askRole' has no effect without askIfInterrupted = true");
		}
		return step.askIfInterrupted() ? options.askIfInterrupted(question) : options;
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
