package buddy.workflow.runner;

import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.ProxyFactory;

import buddy.durable.MapRunJournal;
import buddy.durable.RunJournal;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.Workflow;
import buddy.workflow.internal.definition.WorkflowMethods;

/**
 * Gives a workflow the behaviour of a bean without a container, for plain unit tests.
 */
public final class Workflows {

	private Workflows() {
	}

	/**
	 * Returns a proxy of a workflow that records its runs and their steps in an in-memory
	 * store of its own.
	 * @param workflow the workflow
	 * @param <W> the type of the workflow
	 * @return the proxy to call
	 */
	public static <W extends Workflow> W proxy(W workflow) {
		return proxy(workflow, new MapWorkflowSessionRepository());
	}

	/**
	 * Returns a proxy of a workflow that records its runs in a given store, and their
	 * steps too if that is a {@link MapWorkflowSessionRepository}.
	 * @param workflow the workflow
	 * @param repository the store of sessions and runs
	 * @param <W> the type of the workflow
	 * @return the proxy to call
	 */
	public static <W extends Workflow> W proxy(W workflow, WorkflowSessionRepository repository) {
		RunJournal journal = (repository instanceof MapWorkflowSessionRepository runs) ? new MapRunJournal(runs) : null;
		return proxy(workflow, WorkflowRunner.over(() -> repository).durable(journal, DurableOptions.DEFAULTS).build());
	}

	/**
	 * Returns a proxy of a workflow that records its runs with a given runner.
	 * @param workflow the workflow
	 * @param runner the runner
	 * @param <W> the type of the workflow
	 * @return the proxy to call
	 * @throws buddy.workflow.InvalidWorkflowException if the class cannot be recorded
	 */
	@SuppressWarnings("unchecked") // a class-based proxy is a subclass of the target's
									// class
	public static <W extends Workflow> W proxy(W workflow, WorkflowRunner runner) {
		WorkflowMethods methods = WorkflowMethods.of(workflow.getClass());
		ProxyFactory factory = new ProxyFactory(workflow);
		factory.setProxyTargetClass(true);
		factory.addAdvice((Recording) (invocation) -> {
			String name = invocation.getMethod().getName();
			if (methods.all().stream().noneMatch((method) -> method.method().getName().equals(name))) {
				return invocation.proceed();
			}
			// each subscription calls the method by itself
			return runner.invoke(workflow, invocation.getMethod(), invocation.getArguments(),
					(arguments) -> ((ProxyMethodInvocation) invocation).invocableClone(arguments).proceed());
		});
		return (W) factory.getProxy(workflow.getClass().getClassLoader());
	}

	/** Records calls without an aspect. */
	private interface Recording extends MethodInterceptor, RecordsRuns {

	}

}
