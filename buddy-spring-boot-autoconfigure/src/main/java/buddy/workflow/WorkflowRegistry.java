package buddy.workflow;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import buddy.session.RetentionOptions;
import buddy.storage.WorkflowSessionRepository;

/**
 * The application's workflows by id.
 */
public interface WorkflowRegistry {

	/**
	 * Sets what creates and registers those workflow beans that do not exist yet, since
	 * they are lazy. It is called when somebody asks which workflows there are, or for
	 * one that is not known.
	 * @param creation creates them, and tells whether it left out none
	 */
	void createLazily(BooleanSupplier creation);

	/**
	 * Tells whether every workflow is known: none is left that is lazy and was not needed
	 * yet.
	 * @return whether that is so
	 */
	boolean isComplete();

	/**
	 * Checks a workflow and gives it its final settings, before any proxy stands before
	 * it.
	 * @param workflow the workflow itself
	 * @throws InvalidWorkflowException if it cannot be recorded
	 */
	void prepare(Workflow workflow);

	/**
	 * Adds a workflow.
	 * @param beanName the name of its bean
	 * @param workflow the bean, through which it is called
	 * @throws InvalidWorkflowException if another bean has the same workflow id
	 */
	void register(String beanName, Workflow workflow);

	/**
	 * Returns the settings ids under {@code buddy.workflows} that no workflow has.
	 * @return the ids, sorted
	 */
	Set<String> unusedOverrides();

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
	 * Returns how long single workflows keep their runs and sessions. Of lazy ones that
	 * do not exist yet, the settings under {@code buddy.workflows} count.
	 * @return what is said of a workflow, by its id
	 */
	Map<String, RetentionOptions> retention();

	/**
	 * Returns the stores that workflows have of their own.
	 * @return the stores, each once
	 */
	Set<WorkflowSessionRepository> stores();

	/**
	 * Returns the store that a workflow has of its own.
	 * @param workflowId its id
	 * @return the store; nothing if its runs are where most are, or there is no such
	 * workflow
	 */
	Optional<WorkflowSessionRepository> store(String workflowId);

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
	public @Nullable Object run(String workflowId, Map<String, ? extends @Nullable Object> input) throws Exception;

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
