package buddy.workflow;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Registry of the application's workflows by id.
 */
public interface WorkflowRegistry {

	/**
	 * Returns the descriptors of all workflows.
	 * @return the descriptors, sorted by id
	 */
	List<WorkflowDescriptor> workflows();

	/**
	 * Returns the descriptors of the workflows that can be run with input by name. REST,
	 * MCP and OpenAPI publish these.
	 * @return the descriptors, sorted by id
	 * @see WorkflowDescriptor#unsuppliedParameters()
	 */
	List<WorkflowDescriptor> published();

	/**
	 * Finds a workflow.
	 * @param workflowId its id
	 * @return its descriptor
	 */
	Optional<WorkflowDescriptor> find(String workflowId);

	/**
	 * Finds a workflow that can be run with input by name.
	 * @param workflowId its id
	 * @return its descriptor
	 * @see WorkflowDescriptor#unsuppliedParameters()
	 */
	Optional<WorkflowDescriptor> findPublished(String workflowId);

	/**
	 * Runs a workflow with input by parameter name, like a call of its bean. An enclosing
	 * {@link WorkflowScope} sets session and user.
	 * @param workflowId the workflow
	 * @param input plain values by parameter name, as the workflow's
	 * {@link WorkflowDescriptor#inputSchema()} describes them; a nullable parameter that
	 * is missing is {@code null}
	 * @return the result of {@code run()}
	 * @throws WorkflowNotFoundException if there is no such workflow
	 * @throws InvalidInputException if the input does not match its parameters
	 * @throws Exception the exception that {@code run()} throws
	 */
	@SuppressWarnings("NullAway") // a call in a scope may return null, as run() may
	@Nullable Object run(String workflowId, Map<String, ? extends @Nullable Object> input) throws Exception;

	/**
	 * Starts a run with input by parameter name, and consumes the result of {@code run()}
	 * to its end. An enclosing {@link WorkflowScope} sets session and user.
	 * @param workflowId the workflow
	 * @param input plain values by parameter name; a parameter that is missing is
	 * {@code null}
	 * @param options the options, such as the executor
	 * @return the started run, whose id is available once it has begun
	 * @throws WorkflowNotFoundException if there is no such workflow
	 * @throws InvalidInputException if the input does not match its parameters
	 * @throws java.util.concurrent.RejectedExecutionException if the executor rejects the
	 * run
	 */
	StartedRun start(String workflowId, Map<String, ? extends @Nullable Object> input, StartOptions options);

}
