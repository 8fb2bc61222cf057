package buddy.workflow.internal.definition;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;

import buddy.workflow.Workflow;

/**
 * Finds the workflow itself behind its proxies.
 */
public final class WorkflowTargets {

	private WorkflowTargets() {
	}

	public static Workflow of(Workflow workflow) {
		return (workflow instanceof Advised advised && target(advised) instanceof Workflow target) ? of(target)
				: workflow;
	}

	/** Behind a lazy injection point the target is the bean, itself a proxy. */
	private static @Nullable Object target(Advised advised) {
		try {
			return advised.getTargetSource().getTarget();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException("The workflow behind " + advised.getTargetSource() + " cannot be had", ex);
		}
	}

}
