package buddy.workflow;

import org.springframework.aop.framework.AopProxyUtils;

/**
 * Finds the workflow itself behind its proxies.
 */
final class WorkflowTargets {

	private WorkflowTargets() {
	}

	static Workflow of(Workflow workflow) {
		return (AopProxyUtils.getSingletonTarget(workflow) instanceof Workflow target) ? of(target) : workflow;
	}

}
