package buddy.workflow.internal.definition;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.Advised;

import buddy.workflow.Workflow;

/**
 * Finds the target of a proxied workflow.
 */
public final class WorkflowTargets {

	private WorkflowTargets() {
	}

	public static Workflow of(Workflow workflow) {
		return (workflow instanceof Advised advised && target(advised) instanceof Workflow target) ? of(target)
				: workflow;
	}

	/**
	 * Returns the target, which for a lazy injection point is the bean, itself a proxy.
	 */
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
