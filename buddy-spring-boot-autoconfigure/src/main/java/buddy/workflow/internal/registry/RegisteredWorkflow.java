package buddy.workflow.internal.registry;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

import buddy.run.RunPausedException;
import buddy.workflow.Call;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowInternals;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.definition.RunMethod;
import buddy.workflow.internal.definition.WorkflowDefinition;
import buddy.workflow.internal.definition.WorkflowMethods;
import buddy.workflow.internal.live.StartHandle;
import buddy.workflow.internal.result.ResultAdapters;

/**
 * A registered workflow bean.
 *
 * @param beanName the name of the bean
 * @param bean the bean to call the workflow through
 * @param target the workflow itself
 */
record RegisteredWorkflow(String beanName, Workflow bean, Workflow target) {

	WorkflowDescriptor descriptor() {
		return WorkflowDefinition.of(this.target).descriptor();
	}

	WorkflowSettings settings() {
		return WorkflowInternals.settings(this.target);
	}

	RunMethod method() {
		return WorkflowMethods.of(this.target.getClass()).main();
	}

	@Nullable Object call(@Nullable Object[] arguments) throws Exception {
		Method method = method().method();
		ReflectionUtils.makeAccessible(method);
		try {
			return method.invoke(this.bean, arguments);
		}
		catch (InvocationTargetException ex) {
			ReflectionUtils.rethrowException(ex.getTargetException());
			throw ex;
		}
	}

	@SuppressWarnings("NullAway") // what run() returns may be null
	void callAndDrain(@Nullable Object[] arguments, StartHandle ticket, DefaultStartedRun started) {
		drain(() -> call(arguments), ticket, started);
	}

	/** Calls the workflow, and consumes its result to its end. */
	void drain(Call<@Nullable Object, Throwable> call, StartHandle ticket, DefaultStartedRun started) {
		Object result;
		try {
			result = call.call();
		}
		catch (RunPausedException ex) {
			started.ended(ticket, ex);
			return;
		}
		catch (Throwable ex) {
			started.failed(ex);
			return;
		}
		ResultAdapters.of(method()).drain(result, (failure) -> started.ended(ticket, failure));
	}

}
