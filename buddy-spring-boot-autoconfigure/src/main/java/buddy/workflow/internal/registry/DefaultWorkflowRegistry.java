package buddy.workflow.internal.registry;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import buddy.run.RunContextHolder;
import buddy.workflow.StartOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowInternals;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowScope;
import buddy.workflow.internal.definition.InputBinder;
import buddy.workflow.internal.live.StartHandle;

/**
 * Default implementation of {@link WorkflowRegistry}: the application's view of the
 * registered workflows.
 */
public final class DefaultWorkflowRegistry implements WorkflowRegistry {

	private final RegisteredWorkflows workflows;

	/**
	 * Creates a view of the registered workflows.
	 * @param workflows the workflows
	 */
	public DefaultWorkflowRegistry(RegisteredWorkflows workflows) {
		this.workflows = workflows;
	}

	@Override
	public List<WorkflowDescriptor> workflows() {
		return this.workflows.descriptors();
	}

	@Override
	public List<WorkflowDescriptor> published() {
		return workflows().stream().filter((workflow) -> workflow.unsuppliedParameters().isEmpty()).toList();
	}

	@Override
	public Optional<WorkflowDescriptor> find(String workflowId) {
		return this.workflows.find(workflowId).map((workflow) -> workflow.descriptor());
	}

	@Override
	public Optional<WorkflowDescriptor> findPublished(String workflowId) {
		return find(workflowId).filter((workflow) -> workflow.unsuppliedParameters().isEmpty());
	}

	@Override
	@SuppressWarnings("NullAway") // a call in a scope may return null, as run() may
	public @Nullable Object run(String workflowId, Map<String, ? extends @Nullable Object> input) throws Exception {
		RegisteredWorkflow workflow = this.workflows.require(workflowId);
		@Nullable Object[] arguments = new InputBinder(workflowId, workflow.method()).bind(input);
		StartHandle ticket = StartHandle.ofCall(workflowId);
		return WorkflowInternals.attach(WorkflowScope.current(), ticket).call(() -> workflow.call(arguments));
	}

	@Override
	public StartedRun start(String workflowId, Map<String, ? extends @Nullable Object> input, StartOptions options) {
		RegisteredWorkflow workflow = this.workflows.require(workflowId);
		@Nullable Object[] arguments = new InputBinder(workflowId, workflow.method()).bind(input);
		StartHandle ticket = new StartHandle(workflowId, options);
		DefaultStartedRun started = new DefaultStartedRun(ticket.begun());
		WorkflowScope scope = WorkflowInternals.attach(WorkflowScope.current(), ticket);
		options.executor().execute(RunContextHolder.wrap(() -> {
			if (started.proceed()) {
				scope.run(() -> workflow.callAndDrain(arguments, ticket, started));
			}
		}));
		return started;
	}

}
