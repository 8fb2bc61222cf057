package buddy.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

import buddy.durable.Step;
import buddy.run.RunContext;
import buddy.workflow.WorkflowRunContext;

/**
 * Makes calls of methods with {@link Step} steps of the run that calls them. Only classes
 * of the application's own packages are looked at, and each of them once.
 */
class StepAdvisor extends StaticMethodMatcherPointcutAdvisor implements ClassFilter {

	/** Inside of method security, outside of transactions. */
	private static final int ORDER = 1500;

	private final List<String> packages;

	/** The classes that were looked at, and whether they have such methods. */
	private final transient Map<Class<?>, Boolean> classes = new ConcurrentHashMap<>();

	private final transient Map<Method, Optional<StepMethod>> methods = new ConcurrentHashMap<>();

	/**
	 * Creates the advisor.
	 * @param packages the packages of the application
	 */
	StepAdvisor(List<String> packages) {
		this.packages = packages;
		setOrder(ORDER);
		setAdvice((MethodInterceptor) this::call);
		setClassFilter(this);
	}

	@Override
	public boolean matches(Class<?> type) {
		Class<?> user = ClassUtils.getUserClass(type);
		return isOfApplication(user) && this.classes.computeIfAbsent(user, this::hasSteps);
	}

	/**
	 * A proxy that implements interfaces of the application is in a package of the JDK.
	 */
	private boolean isOfApplication(Class<?> type) {
		return Proxy.isProxyClass(type) ? Arrays.stream(type.getInterfaces()).anyMatch(this::isInPackages)
				: isInPackages(type);
	}

	private boolean isInPackages(Class<?> type) {
		String name = type.getName();
		return this.packages.stream().anyMatch((known) -> known.isEmpty() || name.startsWith(known + "."));
	}

	/** Looks at each method, so that what cannot be executed is told at the start. */
	private boolean hasSteps(Class<?> type) {
		Map<Method, Step> methods = MethodIntrospector.selectMethods(type,
				(Method method) -> AnnotatedElementUtils.findMergedAnnotation(method, Step.class));
		methods.forEach((method, step) -> {
			StepMethod.requireAdvised(method);
			step(method, type);
		});
		return !methods.isEmpty();
	}

	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return step(method, targetClass).isPresent();
	}

	private Optional<StepMethod> step(Method method, @Nullable Class<?> targetClass) {
		Method found = AopUtils.getMostSpecificMethod(method, targetClass);
		Method specific = Proxy.isProxyClass(found.getDeclaringClass())
				? ClassUtils.getInterfaceMethodIfPossible(found, null) : found;
		return this.methods.computeIfAbsent(specific,
				(known) -> Optional.ofNullable(AnnotatedElementUtils.findMergedAnnotation(known, Step.class))
					.map((step) -> StepMethod.of(known, step)));
	}

	private @Nullable Object call(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		StepMethod step = step(invocation.getMethod(), (target != null) ? target.getClass() : null).orElse(null);
		return (step != null && RunContext.current() instanceof WorkflowRunContext run) ? step.call(run, invocation)
				: invocation.proceed();
	}

}
