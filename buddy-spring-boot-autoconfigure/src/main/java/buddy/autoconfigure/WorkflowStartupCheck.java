package buddy.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.ClassUtils;

import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.internal.registry.RegisteredWorkflows;

/**
 * Checks at start-up that the runs of every workflow bean will be recorded, whatever the
 * application's AOP settings are.
 */
class WorkflowStartupCheck implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(WorkflowStartupCheck.class);

	private static final boolean REACTOR = ClassUtils.isPresent("reactor.core.publisher.Hooks",
			WorkflowStartupCheck.class.getClassLoader());

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final RegisteredWorkflows workflows;

	private final ObjectProvider<AdvisedCheck> advised;

	/**
	 * Creates the check.
	 * @param beanFactory the bean factory
	 * @param environment the environment, to check for context propagation
	 * @param workflows the registered workflows
	 * @param advised tests whether a bean is advised; empty if there is no aspect
	 */
	WorkflowStartupCheck(ConfigurableListableBeanFactory beanFactory, Environment environment,
			RegisteredWorkflows workflows, ObjectProvider<AdvisedCheck> advised) {
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.workflows = workflows;
		this.advised = advised;
	}

	@Override
	public void afterSingletonsInstantiated() {
		AdvisedCheck check = this.advised.getIfAvailable();
		List<String> publishers = new ArrayList<>();
		for (String name : this.beanFactory.getBeanNamesForType(Workflow.class, true, false)) {
			if (checkClass(name)) {
				publishers.add(name);
			}
			if (this.beanFactory.containsSingleton(name)) {
				Workflow workflow = this.beanFactory.getBean(name, Workflow.class);
				checkAdvised(name, workflow, check);
				this.workflows.register(name, workflow);
			}
			else if (check == null || !check.proxiesAreMade()) {
				throw (check != null) ? noProxy(name) : noAspect(name);
			}
		}
		if (!publishers.isEmpty()) {
			ReactorPropagation.warnIfOff(publishers);
		}
		LazyWorkflowBeans lazy = new LazyWorkflowBeans(this.beanFactory, this.workflows, this.advised);
		this.workflows.createLazily(lazy);
		if (!lazy.remain()) {
			this.workflows.descriptors();
		}
	}

	/** Logs warnings and notes once every workflow is known. */
	static void report(RegisteredWorkflows workflows, ConfigurableListableBeanFactory beanFactory) {
		warnOfUnusedSettings(workflows);
		if (beanFactory.containsBean("buddyRoutes") || beanFactory.containsBean("workflowTools")) {
			workflows.descriptors().forEach(WorkflowStartupCheck::logIfUnpublished);
		}
	}

	private static void logIfUnpublished(WorkflowDescriptor workflow) {
		if (!workflow.unsuppliedParameters().isEmpty()) {
			logger
				.info("The workflow '{}' is not published over HTTP or MCP, since JSON input cannot provide {}. Call its bean from Java,"
						+ " declare plain values as parameters of run(), or mark parameters that may be left out as nullable",
						workflow.workflowId(),
						workflow.unsuppliedParameters()
							.stream()
							.map((parameter) -> "'" + parameter.name() + "' (" + parameter.type().getTypeName() + ")")
							.collect(Collectors.joining(" and ")));
		}
	}

	private static void warnOfUnusedSettings(RegisteredWorkflows workflows) {
		Set<String> unused = workflows.unusedOverrides();
		if (!unused.isEmpty()) {
			logger.warn("There are settings under buddy.workflows for {}, but the workflows are {}", unused,
					workflows.descriptors().stream().map((workflow) -> workflow.workflowId()).toList());
		}
	}

	/** Checks the class of a bean and returns whether its runs are publishers. */
	private boolean checkClass(String name) {
		Class<?> type = this.beanFactory.getType(name, false);
		if (type == null || ClassUtils.getUserClass(type) == Workflow.class) {
			return false;
		}
		Class<? extends Workflow> workflowClass = ClassUtils.getUserClass(type).asSubclass(Workflow.class);
		try {
			RegisteredWorkflows.check(workflowClass);
			checkAsync(workflowClass);
			return REACTOR && RegisteredWorkflows.methods(workflowClass)
				.stream()
				.anyMatch((method) -> ReactorPropagation.isPublisher(method.getReturnType()));
		}
		catch (InvalidWorkflowException ex) {
			throw ex.ofBean(name);
		}
	}

	/**
	 * Refuses {@code @Async} without context propagation, since a run on another thread
	 * would not have the user of its caller.
	 */
	private void checkAsync(Class<? extends Workflow> type) {
		boolean async = AnnotatedElementUtils.hasAnnotation(type, Async.class) || RegisteredWorkflows.methods(type)
			.stream()
			.anyMatch((method) -> method.isAnnotationPresent(Async.class));
		if (async && !propagatesContext()) {
			throw new InvalidWorkflowException(type.getName(),
					"it is @Async, and the user and the scope of its caller are not propagated to the other thread",
					"Set spring.task.execution.propagate-context=true (with io.micrometer:context-propagation on the class "
							+ "path), or declare arun(...) instead of @Async.");
		}
	}

	private boolean propagatesContext() {
		return ClassUtils.isPresent("io.micrometer.context.ThreadLocalAccessor", this.beanFactory.getBeanClassLoader())
				&& this.environment.getProperty("spring.task.execution.propagate-context", Boolean.class, false);
	}

	static void checkAdvised(String name, Workflow workflow, @Nullable AdvisedCheck advised) {
		if (advised == null) {
			throw noAspect(name);
		}
		if (!advised.test(workflow)) {
			throw noProxy(name);
		}
	}

	private static InvalidWorkflowException noAspect(String name) {
		return notAdvised(name, "the aspect around run() is missing",
				"Add org.springframework.boot:spring-boot-starter-aspectj.");
	}

	private static InvalidWorkflowException noProxy(String name) {
		return notAdvised(name, "it is not proxied with the aspect around run()",
				"Set spring.aop.auto=true (the default) or add @EnableAspectJAutoProxy; if it is on, the bean was "
						+ "created too early: do not inject it into a BeanPostProcessor or BeanFactoryPostProcessor.");
	}

	private static InvalidWorkflowException notAdvised(String name, String problem, String action) {
		return new InvalidWorkflowException("Workflow bean '" + name + "'", problem, action);
	}

}
