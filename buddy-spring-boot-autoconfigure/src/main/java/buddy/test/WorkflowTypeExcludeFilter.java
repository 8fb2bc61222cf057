package buddy.test;

import java.util.Set;

import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

import buddy.run.RunEventListener;
import buddy.workflow.SessionIdResolver;
import buddy.workflow.UserIdResolver;
import buddy.workflow.Workflow;

/**
 * Restricts the component scan of a {@link WorkflowTest} to workflows and their listeners
 * and resolvers.
 */
final class WorkflowTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<WorkflowTest> {

	private static final Set<Class<?>> INCLUDED = Set.of(Workflow.class, RunEventListener.class,
			SessionIdResolver.class, UserIdResolver.class);

	WorkflowTypeExcludeFilter(Class<?> testClass) {
		super(testClass);
	}

	@Override
	protected Set<Class<?>> getKnownIncludes() {
		return INCLUDED;
	}

}
