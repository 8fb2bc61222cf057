package buddy.workflow.internal.registry;

import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.session.RetentionOptions;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.InputConstraints;
import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowInternals;
import buddy.workflow.WorkflowNotFoundException;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.definition.RunMethod;
import buddy.workflow.internal.definition.WorkflowMethods;
import buddy.workflow.internal.definition.WorkflowTargets;

/**
 * The registered workflows, as used by buddy itself.
 */
public final class RegisteredWorkflows {

	private final Map<String, WorkflowSettings> overrides;

	private final @Nullable InputConstraints constraints;

	private final Map<String, RegisteredWorkflow> workflows = new ConcurrentHashMap<>();

	/** Creates the beans that do not exist yet; {@code null} if there are none. */
	private volatile @Nullable BooleanSupplier rest;

	/**
	 * Creates an empty registry.
	 * @param overrides the settings, by workflow id, that take precedence over those in
	 * code
	 */
	public RegisteredWorkflows(Map<String, WorkflowSettings> overrides) {
		this(overrides, null);
	}

	/**
	 * Creates an empty registry with constraints on the input of workflows.
	 * @param overrides the settings, by workflow id, that take precedence over those in
	 * code
	 * @param constraints the constraints to check before a run begins, or {@code null}
	 */
	public RegisteredWorkflows(Map<String, WorkflowSettings> overrides, @Nullable InputConstraints constraints) {
		this.overrides = Map.copyOf(overrides);
		this.constraints = constraints;
	}

	/**
	 * Sets the callback that creates and registers the workflow beans that do not exist
	 * yet, since they are lazy. It is called when all workflows, or one that is not yet
	 * known, are requested.
	 * @param creation creates the beans, and returns whether all of them exist now
	 */
	public void createLazily(BooleanSupplier creation) {
		this.rest = creation;
	}

	/**
	 * Returns whether every workflow is known: no lazy workflow bean remains to be
	 * created.
	 * @return whether every workflow is known
	 */
	public boolean isComplete() {
		return this.rest == null;
	}

	/**
	 * Checks a workflow and applies its final settings, before it is proxied.
	 * @param workflow the workflow itself
	 * @throws InvalidWorkflowException if it cannot be recorded
	 */
	public void prepare(Workflow workflow) {
		check(workflow.getClass());
		WorkflowSettings override = this.overrides.get(workflow.workflowId());
		if (override != null) {
			WorkflowInternals.configure(workflow, override);
		}
		if (this.constraints != null && this.constraints.applyTo(workflow.getClass())) {
			WorkflowInternals.constrain(workflow, this.constraints);
		}
	}

	/**
	 * Checks a workflow class that has no instance yet.
	 * @param workflowClass the class
	 * @throws InvalidWorkflowException if it cannot be recorded
	 */
	public static void check(Class<? extends Workflow> workflowClass) {
		WorkflowMethods.of(workflowClass);
	}

	/**
	 * Returns the methods of a workflow class whose calls are recorded.
	 * @param workflowClass the class
	 * @return its {@code run()} and {@code arun()}, if declared
	 */
	public static List<Method> methods(Class<? extends Workflow> workflowClass) {
		return WorkflowMethods.of(workflowClass).all().stream().map(RunMethod::method).toList();
	}

	/**
	 * Adds a workflow.
	 * @param beanName the name of its bean
	 * @param workflow the bean to call the workflow through
	 * @throws InvalidWorkflowException if another bean has the same workflow id
	 */
	public void register(String beanName, Workflow workflow) {
		RegisteredWorkflow added = new RegisteredWorkflow(beanName, workflow, WorkflowTargets.of(workflow));
		RegisteredWorkflow other = this.workflows.putIfAbsent(added.target().workflowId(), added);
		if (other != null && !other.beanName().equals(beanName)) {
			throw new InvalidWorkflowException(
					"Workflow bean '" + beanName + "' (" + added.target().getClass().getName() + ")",
					"the bean '" + other.beanName() + "' (" + other.target().getClass().getName()
							+ ") has the same workflow id '" + added.target().workflowId() + "'",
					"Give one of them another workflowId in its WorkflowSettings.");
		}
	}

	/**
	 * Returns the ids under {@code buddy.workflows} that do not belong to a workflow.
	 * @return the ids, sorted
	 */
	public Set<String> unusedOverrides() {
		Set<String> unused = new TreeSet<>(this.overrides.keySet());
		unused.removeAll(this.workflows.keySet());
		return unused;
	}

	/**
	 * Returns the retention options of individual workflows. For lazy workflows that do
	 * not exist yet, they are taken from the settings under {@code buddy.workflows}.
	 * @return the options, by workflow id
	 */
	public Map<String, RetentionOptions> retention() {
		Map<String, RetentionOptions> retention = new TreeMap<>();
		this.overrides.forEach((id, settings) -> retention.put(id, settings.retention()));
		this.workflows.forEach((id, workflow) -> retention.put(id, workflow.settings().retention()));
		retention.values().removeIf(RetentionOptions.NONE::equals);
		return retention;
	}

	/**
	 * Returns the stores that belong to individual workflows.
	 * @return the distinct stores
	 */
	public Set<WorkflowSessionRepository> stores() {
		return this.workflows.values()
			.stream()
			.flatMap((workflow) -> Stream.ofNullable(workflow.settings().storage()))
			.collect(Collectors.toSet());
	}

	/**
	 * Returns the workflow's own store.
	 * @param workflowId its id
	 * @return the store; empty if the workflow uses the application's store, or does not
	 * exist
	 */
	public Optional<WorkflowSessionRepository> store(String workflowId) {
		return find(workflowId).map((workflow) -> workflow.settings().storage());
	}

	/**
	 * Returns the descriptors of all workflows.
	 * @return the descriptors, sorted by id
	 */
	public List<WorkflowDescriptor> descriptors() {
		return all().values()
			.stream()
			.map((workflow) -> workflow.descriptor())
			.sorted(Comparator.comparing(WorkflowDescriptor::workflowId))
			.toList();
	}

	/**
	 * Returns the classes of all workflows.
	 * @return the classes, by workflow id
	 */
	public Map<String, Class<? extends Workflow>> classes() {
		Map<String, Class<? extends Workflow>> classes = new TreeMap<>();
		all().forEach((id, workflow) -> classes.put(id, workflow.target().getClass()));
		return classes;
	}

	Optional<RegisteredWorkflow> find(String workflowId) {
		RegisteredWorkflow known = this.workflows.get(workflowId);
		return Optional.ofNullable((known != null) ? known : all().get(workflowId));
	}

	RegisteredWorkflow require(String workflowId) {
		return find(workflowId)
			.orElseThrow(() -> new WorkflowNotFoundException(workflowId, new TreeSet<>(this.workflows.keySet())));
	}

	private Map<String, RegisteredWorkflow> all() {
		BooleanSupplier creation = this.rest;
		if (creation != null && creation.getAsBoolean()) {
			this.rest = null;
		}
		return this.workflows;
	}

}
