package buddy.workflow.internal.definition;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.util.ClassUtils;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ReflectionUtils;

import buddy.workflow.InvalidWorkflowException;

/**
 * The {@code run()} and {@code arun()} of a workflow class, checked and cached.
 */
public final class WorkflowMethods {

	/** The cache by class, weak so that discarded class loaders can be collected. */
	private static final Map<Class<?>, WorkflowMethods> KNOWN = new ConcurrentReferenceHashMap<>(16,
			ConcurrentReferenceHashMap.ReferenceType.WEAK);

	private final @Nullable RunMethod run;

	private final @Nullable RunMethod arun;

	private WorkflowMethods(@Nullable RunMethod run, @Nullable RunMethod arun) {
		this.run = run;
		this.arun = arun;
	}

	/**
	 * Returns the methods of a workflow class, or throws an exception if they are
	 * invalid.
	 */
	public static WorkflowMethods of(Class<?> workflowClass) {
		return KNOWN.computeIfAbsent(ClassUtils.getUserClass(workflowClass), WorkflowMethods::find);
	}

	/** Returns the main method of the workflow: {@code run()}, else {@code arun()}. */
	public RunMethod main() {
		RunMethod method = (this.run != null) ? this.run : this.arun;
		if (method == null) {
			throw new IllegalStateException("A class without both was refused already");
		}
		return method;
	}

	/** Returns the run method for a called method, which may be a bridge method. */
	public RunMethod matching(Method called) {
		for (RunMethod method : Arrays.asList(this.run, this.arun)) {
			if (method != null && method.method().getName().equals(called.getName())) {
				return method;
			}
		}
		throw new IllegalArgumentException("'" + called + "' is not the run() or arun() of a workflow");
	}

	public List<RunMethod> all() {
		return Stream.of(this.run, this.arun).filter((method) -> method != null).map(RunMethod.class::cast).toList();
	}

	private static WorkflowMethods find(Class<?> type) {
		if (Modifier.isFinal(type.getModifiers())) {
			throw new InvalidWorkflowException(type.getName(), "the class is final, so no proxy can stand before it",
					"Make the class non-final.");
		}
		if (Modifier.isPrivate(type.getModifiers())) {
			throw new InvalidWorkflowException(type.getName(), "the class is private, so no proxy can stand before it",
					"Make the class package-private or public.");
		}
		RunMethod run = only(type, "run");
		RunMethod arun = only(type, "arun");
		if (run == null && arun == null) {
			throw new InvalidWorkflowException(type.getName(), "it declares neither run(...) nor arun(...)",
					"Declare one method named run, of any parameters, that is not private, static or final.");
		}
		return new WorkflowMethods(run, arun);
	}

	private static @Nullable RunMethod only(Class<?> type, String name) {
		Collection<Method> methods = candidates(type, name);
		if (methods.size() > 1) {
			throw new InvalidWorkflowException(type.getName(),
					"it declares " + methods.size() + " methods named " + name + ": " + methods,
					"Keep one " + name + "(...), and give the others another name.");
		}
		return methods.isEmpty() ? null : RunMethod.of(type, methods.iterator().next());
	}

	/**
	 * Returns the methods with a given name that a call can reach. Bridge methods are
	 * replaced by the methods that they call, and overridden methods are left out.
	 */
	private static Collection<Method> candidates(Class<?> type, String name) {
		Map<List<Class<?>>, Method> bySignature = new LinkedHashMap<>();
		MethodIntrospector.selectMethods(type, (ReflectionUtils.MethodFilter) (method) -> method.getName().equals(name))
			.stream()
			.map((method) -> implemented(type, BridgeMethodResolver.findBridgedMethod(method)))
			.filter((method) -> !Modifier.isAbstract(method.getModifiers()))
			.forEach((method) -> bySignature.putIfAbsent(List.of(method.getParameterTypes()), method));
		return bySignature.values();
	}

	/**
	 * Returns the superclass's method instead of a default method, if there is one with
	 * the same signature.
	 */
	private static Method implemented(Class<?> type, Method method) {
		if (!method.getDeclaringClass().isInterface()) {
			return method;
		}
		return Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getSuperclass)
			.flatMap((declaring) -> Arrays.stream(declaring.getDeclaredMethods()))
			.filter((own) -> !own.isBridge() && own.getName().equals(method.getName())
					&& Arrays.equals(own.getParameterTypes(), method.getParameterTypes()))
			.findFirst()
			.orElse(method);
	}

}
