package buddy.autoconfigure;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.ClassUtils;

import buddy.autoconfigure.BuddyAutoConfiguration.AdvisedCheck;
import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;

/**
 * Proves at start-up that every workflow bean will be recorded, whatever the
 * application's AOP settings are.
 */
class WorkflowStartupCheck implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(WorkflowStartupCheck.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final WorkflowRegistry registry;

	private final @Nullable AdvisedCheck advised;

	/**
	 * Creates the check.
	 * @param beanFactory where the workflow beans are
	 * @param environment tells of context propagation
	 * @param registry takes the workflows
	 * @param advised tells whether the aspect stands before a bean, or {@code null} if
	 * there is no aspect
	 */
	WorkflowStartupCheck(ConfigurableListableBeanFactory beanFactory, Environment environment,
			WorkflowRegistry registry, @Nullable AdvisedCheck advised) {
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.registry = registry;
		this.advised = advised;
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (String name : this.beanFactory.getBeanNamesForType(Workflow.class, true, false)) {
			checkClass(name);
			if (this.beanFactory.containsSingleton(name)) {
				Workflow workflow = this.beanFactory.getBean(name, Workflow.class);
				checkAdvised(name, workflow);
				this.registry.register(name, workflow);
			}
			else if (this.advised == null || !this.advised.proxiesAreMade()) {
				throw (this.advised != null) ? noProxy(name) : noAspect(name);
			}
		}
		Set<String> unused = this.registry.unusedOverrides();
		if (!unused.isEmpty()) {
			logger.warn("There are settings under buddy.workflows for {}, but the workflows are {}", unused,
					this.registry.workflows().stream().map((workflow) -> workflow.workflowId()).toList());
		}
	}

	private void checkClass(String name) {
		Class<?> type = this.beanFactory.getType(name, false);
		if (type == null || ClassUtils.getUserClass(type) == Workflow.class) {
			return;
		}
		Class<? extends Workflow> workflowClass = ClassUtils.getUserClass(type).asSubclass(Workflow.class);
		try {
			WorkflowRegistry.check(workflowClass);
			checkAsync(workflowClass);
		}
		catch (InvalidWorkflowException ex) {
			throw ex.ofBean(name);
		}
	}

	/** Without the context, a run on another thread would not know whose it is. */
	private void checkAsync(Class<? extends Workflow> type) {
		boolean async = AnnotatedElementUtils.hasAnnotation(type, Async.class) || WorkflowRegistry.methods(type)
			.stream()
			.anyMatch((method) -> method.isAnnotationPresent(Async.class));
		if (async && !propagatesContext()) {
			throw new InvalidWorkflowException(type.getName(),
					"it is @Async, and the user and the scope of its caller are not carried to the other thread",
					"Set spring.task.execution.propagate-context=true (with io.micrometer:context-propagation on the class "
							+ "path), or declare arun(...) instead of @Async.");
		}
	}

	private boolean propagatesContext() {
		return ClassUtils.isPresent("io.micrometer.context.ThreadLocalAccessor", this.beanFactory.getBeanClassLoader())
				&& this.environment.getProperty("spring.task.execution.propagate-context", Boolean.class, false);
	}

	private void checkAdvised(String name, Workflow workflow) {
		if (this.advised == null) {
			throw noAspect(name);
		}
		if (!this.advised.test(workflow)) {
			throw noProxy(name);
		}
	}

	private static InvalidWorkflowException noAspect(String name) {
		return notAdvised(name, "the aspect around run() is not there",
				"Add org.springframework.boot:spring-boot-starter-aspectj.");
	}

	private static InvalidWorkflowException noProxy(String name) {
		return notAdvised(name, "no proxy with the aspect around run() stands before it",
				"Set spring.aop.auto=true (the default) or add @EnableAspectJAutoProxy; if it is on, the bean was "
						+ "created too early: do not inject it into a BeanPostProcessor or BeanFactoryPostProcessor.");
	}

	private static InvalidWorkflowException notAdvised(String name, String problem, String action) {
		return new InvalidWorkflowException("Workflow bean '" + name + "'", problem, action);
	}

}
