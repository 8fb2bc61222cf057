package buddy.workflow;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The application's workflows by id.
 */
public interface WorkflowRegistry {

	/**
	 * Returns what is known of every workflow.
	 * @return the descriptors, by id
	 */
	List<WorkflowDescriptor> workflows();

	/**
	 * Returns what is known of the workflows that can be run with input by name. REST,
	 * MCP and OpenAPI publish these.
	 * @return the descriptors, by id
	 * @see WorkflowDescriptor#unsuppliedParameters()
	 */
	List<WorkflowDescriptor> published();

	/**
	 * Finds a workflow.
	 * @param workflowId its id
	 * @return what is known of it
	 */
	Optional<WorkflowDescriptor> find(String workflowId);

	/**
	 * Finds a workflow that can be run with input by name.
	 * @param workflowId its id
	 * @return what is known of it
	 * @see WorkflowDescriptor#unsuppliedParameters()
	 */
	Optional<WorkflowDescriptor> findPublished(String workflowId);

	/**
	 * Runs a workflow with input by parameter name, as if its bean had been called; an
	 * enclosing {@link WorkflowScope} gives session and user.
	 * @param workflowId the workflow
	 * @param input plain values by parameter name, as the workflow's
	 * {@link WorkflowDescriptor#inputSchema()} describes them; a nullable parameter that
	 * is missing is {@code null}
	 * @return what {@code run()} returned
	 * @throws WorkflowNotFoundException if there is no such workflow
	 * @throws InvalidInputException if the input does not fit its parameters
	 * @throws Exception whatever {@code run()} throws
	 */
	@SuppressWarnings("NullAway") // a call in a scope may return null, as run() may
	@Nullable Object run(String workflowId, Map<String, ? extends @Nullable Object> input) throws Exception;

	/**
	 * Starts a run with input by parameter name, and takes whatever {@code run()} returns
	 * to its end; an enclosing {@link WorkflowScope} gives session and user.
	 * @param workflowId the workflow
	 * @param input plain values by parameter name; a parameter that is missing is
	 * {@code null}
	 * @param options on which thread, and what is recorded of it
	 * @return the run, whose id is known once it has begun
	 * @throws WorkflowNotFoundException if there is no such workflow
	 * @throws InvalidInputException if the input does not fit its parameters
	 * @throws java.util.concurrent.RejectedExecutionException if the executor takes no
	 * more
	 */
	StartedRun start(String workflowId, Map<String, ? extends @Nullable Object> input, StartOptions options);

}
