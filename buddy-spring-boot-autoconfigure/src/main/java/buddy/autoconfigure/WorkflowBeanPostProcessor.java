package buddy.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.Workflow;
import buddy.workflow.internal.registry.RegisteredWorkflows;

/**
 * Validates each workflow bean and applies its settings before it is proxied, and ensures
 * that the proxy is class-based, whatever the application's default is.
 */
class WorkflowBeanPostProcessor implements BeanFactoryPostProcessor, BeanPostProcessor {

	private final ObjectProvider<RegisteredWorkflows> workflows;

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	WorkflowBeanPostProcessor(ObjectProvider<RegisteredWorkflows> workflows) {
		this.workflows = workflows;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		for (String name : beanFactory.getBeanNamesForType(Workflow.class, true, false)) {
			preserveTargetClass(name);
		}
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof Workflow workflow) {
			preserveTargetClass(beanName); // its bean definition may declare an interface
			try {
				this.workflows.getObject().prepare(workflow);
			}
			catch (InvalidWorkflowException ex) {
				throw ex.ofBean(beanName);
			}
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof Workflow workflow) {
			this.workflows.getObject().register(beanName, workflow);
		}
		return bean;
	}

	private void preserveTargetClass(String beanName) {
		if (this.beanFactory != null && this.beanFactory.containsBeanDefinition(beanName)) {
			this.beanFactory.getBeanDefinition(beanName)
				.setAttribute(AutoProxyUtils.PRESERVE_TARGET_CLASS_ATTRIBUTE, Boolean.TRUE);
		}
	}

}
