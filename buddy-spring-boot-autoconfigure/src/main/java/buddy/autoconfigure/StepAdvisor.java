package buddy.autoconfigure;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

import buddy.durable.Step;
import buddy.durable.StepOptions;
import buddy.run.RunContext;
import buddy.workflow.WorkflowRunContext;

/**
 * Makes calls of methods with {@link Step} steps of the run that calls them. Only classes
 * of the application's own packages are looked at, and each of them once.
 */
class StepAdvisor extends StaticMethodMatcherPointcutAdvisor implements ClassFilter {

	/** Inside of method security, outside of transactions. */
	private static final int ORDER = 1500;

	private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

	private final List<String> packages;

	/** The classes that were looked at, and whether they have such methods. */
	private final transient Map<Class<?>, Boolean> classes = new ConcurrentHashMap<>();

	/**
	 * Creates the advisor.
	 * @param packages the packages of the application
	 */
	StepAdvisor(List<String> packages) {
		this.packages = packages;
		setOrder(ORDER);
		setAdvice((MethodInterceptor) StepAdvisor::call);
		setClassFilter(this);
	}

	@Override
	public boolean matches(Class<?> type) {
		Class<?> user = ClassUtils.getUserClass(type);
		String name = user.getName();
		return this.packages.stream().anyMatch((known) -> known.isEmpty() || name.startsWith(known + "."))
				&& this.classes.computeIfAbsent(user, StepAdvisor::hasSteps);
	}

	private static boolean hasSteps(Class<?> type) {
		return Stream.<Class<?>>iterate(type, (one) -> one != null && one != Object.class, Class::getSuperclass)
			.flatMap((one) -> Stream.of(one.getDeclaredMethods()))
			.anyMatch((method) -> method.isAnnotationPresent(Step.class));
	}

	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return find(method, targetClass) != null;
	}

	private static @Nullable Step find(Method method, @Nullable Class<?> targetClass) {
		return AnnotatedElementUtils.findMergedAnnotation(AopUtils.getMostSpecificMethod(method, targetClass),
				Step.class);
	}

	@SuppressWarnings("NullAway") // what the method returns may be null
	private static @Nullable Object call(MethodInvocation invocation) throws Throwable {
		WorkflowRunContext run = run();
		Object target = invocation.getThis();
		Class<?> type = (target != null) ? target.getClass() : null;
		Step step = find(invocation.getMethod(), type);
		if (run == null || step == null) {
			return invocation.proceed();
		}
		Method method = AopUtils.getMostSpecificMethod(invocation.getMethod(), type);
		String name = step.value().isEmpty()
				? ClassUtils.getUserClass(method.getDeclaringClass()).getSimpleName() + "." + method.getName()
				: step.value();
		boolean nothing = method.getReturnType() == void.class;
		return run.step(name, nothing ? null : method.getGenericReturnType(), options(step), () -> proceed(invocation));
	}

	/** Returns the run, or the part of one, whose code makes the call. */
	private static @Nullable WorkflowRunContext run() {
		return (RunContext.current() instanceof WorkflowRunContext run) ? run : null;
	}

	private static StepOptions options(Step step) {
		return StepOptions.of(step.mode())
			.attempts(step.attempts())
			.backoff(Duration.ofMillis(step.backoffMillis()),
					Duration.ofMillis(Math.max(step.backoffMillis(), LONGEST_BACKOFF.toMillis())))
			.rethrows(step.rethrows());
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
