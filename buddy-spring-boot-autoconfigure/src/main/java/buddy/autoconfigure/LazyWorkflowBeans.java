package buddy.autoconfigure;

import java.util.function.BooleanSupplier;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import buddy.workflow.Workflow;
import buddy.workflow.internal.registry.RegisteredWorkflows;

/**
 * Creates and registers lazy and prototype workflow beans when the registry needs them.
 */
final class LazyWorkflowBeans implements BooleanSupplier {

	private final ConfigurableListableBeanFactory beanFactory;

	private final RegisteredWorkflows workflows;

	private final ObjectProvider<AdvisedCheck> advised;

	private volatile boolean complete;

	LazyWorkflowBeans(ConfigurableListableBeanFactory beanFactory, RegisteredWorkflows workflows,
			ObjectProvider<AdvisedCheck> advised) {
		this.beanFactory = beanFactory;
		this.workflows = workflows;
		this.advised = advised;
	}

	/** Whether there are singletons that have not been created yet. */
	boolean remain() {
		for (String name : names()) {
			if (this.beanFactory.isSingleton(name) && !this.beanFactory.containsSingleton(name)) {
				return true;
			}
		}
		return false;
	}

	@Override
	public boolean getAsBoolean() {
		if (this.complete) {
			return true;
		}
		boolean all = true;
		for (String name : names()) {
			if (this.beanFactory.isCurrentlyInCreation(name)) {
				all = false; // this bean is asking
			}
			else if (this.beanFactory.isSingleton(name) || this.beanFactory.isPrototype(name)) {
				create(name);
			}
		}
		if (all && !this.complete) {
			this.complete = true;
			WorkflowStartupCheck.report(this.workflows, this.beanFactory);
		}
		return all;
	}

	private void create(String name) {
		boolean created = this.beanFactory.containsSingleton(name);
		Workflow workflow = this.beanFactory.getBean(name, Workflow.class);
		if (!created) {
			WorkflowStartupCheck.checkAdvised(name, workflow, this.advised.getIfAvailable());
		}
		this.workflows.register(name, workflow);
	}

	private String[] names() {
		return this.beanFactory.getBeanNamesForType(Workflow.class, true, false);
	}

}
