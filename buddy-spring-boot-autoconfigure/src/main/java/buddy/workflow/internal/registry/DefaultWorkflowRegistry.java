package buddy.workflow.internal.registry;

import java.lang.reflect.InvocationTargetException;
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
import org.springframework.util.ReflectionUtils;

import buddy.run.RunContextHolder;
import buddy.session.RetentionOptions;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.InputConstraints;
import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.StartOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowInternals;
import buddy.workflow.WorkflowNotFoundException;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.definition.InputBinder;
import buddy.workflow.internal.definition.RunMethod;
import buddy.workflow.internal.definition.WorkflowDefinition;
import buddy.workflow.internal.definition.WorkflowMethods;
import buddy.workflow.internal.definition.WorkflowTargets;
import buddy.workflow.internal.live.StartHandle;
import buddy.workflow.internal.result.ResultAdapters;

/**
 * The workflows that are beans of the application.
 */
public final class DefaultWorkflowRegistry implements WorkflowRegistry {

	private final Map<String, WorkflowSettings> overrides;

	private final @Nullable InputConstraints constraints;

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();

	/** Creates beans that do not exist yet; nothing if there are none. */
	private volatile @Nullable BooleanSupplier rest;

	/**
	 * Creates an empty registry.
	 * @param overrides settings by workflow id that win over those in code
	 */
	public DefaultWorkflowRegistry(Map<String, WorkflowSettings> overrides) {
		this(overrides, null);
	}

	/**
	 * Creates an empty registry of workflows whose input may have constraints.
	 * @param overrides settings by workflow id that win over those in code
	 * @param constraints what is checked before a run begins, or {@code null}
	 */
	public DefaultWorkflowRegistry(Map<String, WorkflowSettings> overrides, @Nullable InputConstraints constraints) {
		this.overrides = Map.copyOf(overrides);
		this.constraints = constraints;
	}

	@Override
	public void createLazily(BooleanSupplier creation) {
		this.rest = creation;
	}

	@Override
	public boolean isComplete() {
		return this.rest == null;
	}

	@Override
	public void prepare(Workflow workflow) {
		WorkflowMethods.of(workflow.getClass());
		WorkflowSettings override = this.overrides.get(workflow.workflowId());
		if (override != null) {
			WorkflowInternals.configure(workflow, override);
		}
		if (this.constraints != null && this.constraints.applyTo(workflow.getClass())) {
			WorkflowInternals.constrain(workflow, this.constraints);
		}
	}

	/**
	 * Checks a workflow class of which no instance exists yet.
	 * @param workflowClass the class
	 * @throws InvalidWorkflowException if it cannot be recorded
	 */
	public static void check(Class<? extends Workflow> workflowClass) {
		WorkflowMethods.of(workflowClass);
	}

	/**
	 * Returns the methods of a workflow class that are recorded.
	 * @param workflowClass the class
	 * @return its {@code run()} and {@code arun()}, as far as it declares them
	 */
	public static List<Method> methods(Class<? extends Workflow> workflowClass) {
		return WorkflowMethods.of(workflowClass).all().stream().map(RunMethod::method).toList();
	}

	@Override
	public void register(String beanName, Workflow workflow) {
		Workflow target = WorkflowTargets.of(workflow);
		Entry entry = new Entry(beanName, workflow, target);
		Entry other = this.entries.putIfAbsent(target.workflowId(), entry);
		if (other != null && !other.beanName.equals(beanName)) {
			throw new InvalidWorkflowException("Workflow bean '" + beanName + "' (" + target.getClass().getName() + ")",
					"the bean '" + other.beanName + "' (" + other.target.getClass().getName()
							+ ") has the same workflow id '" + target.workflowId() + "'",
					"Give one of them another workflowId in its WorkflowSettings.");
		}
	}

	@Override
	public Set<String> unusedOverrides() {
		Set<String> unused = new TreeSet<>(this.overrides.keySet());
		unused.removeAll(this.entries.keySet());
		return unused;
	}

	@Override
	public List<WorkflowDescriptor> workflows() {
		return all().values()
			.stream()
			.map((entry) -> entry.descriptor())
			.sorted(Comparator.comparing(WorkflowDescriptor::workflowId))
			.toList();
	}

	@Override
	public List<WorkflowDescriptor> published() {
		return workflows().stream().filter((workflow) -> workflow.unsuppliedParameters().isEmpty()).toList();
	}

	@Override
	public Optional<WorkflowDescriptor> find(String workflowId) {
		return Optional.ofNullable(entry(workflowId)).map((entry) -> entry.descriptor());
	}

	@Override
	public Optional<WorkflowDescriptor> findPublished(String workflowId) {
		return find(workflowId).filter((workflow) -> workflow.unsuppliedParameters().isEmpty());
	}

	private @Nullable Entry entry(String workflowId) {
		Entry known = this.entries.get(workflowId);
		return (known != null) ? known : all().get(workflowId);
	}

	private Map<String, Entry> all() {
		BooleanSupplier creation = this.rest;
		if (creation != null && creation.getAsBoolean()) {
			this.rest = null;
		}
		return this.entries;
	}

	@Override
	public Map<String, RetentionOptions> retention() {
		Map<String, RetentionOptions> retention = new TreeMap<>();
		this.overrides.forEach((id, settings) -> retention.put(id, settings.retention()));
		this.entries.forEach((id, entry) -> retention.put(id, entry.settings().retention()));
		retention.values().removeIf(RetentionOptions.NONE::equals);
		return retention;
	}

	@Override
	public Set<WorkflowSessionRepository> stores() {
		return this.entries.values()
			.stream()
			.flatMap((entry) -> Stream.ofNullable(entry.settings().storage()))
			.collect(Collectors.toSet());
	}

	@Override
	public Optional<WorkflowSessionRepository> store(String workflowId) {
		return Optional.ofNullable(entry(workflowId)).map((entry) -> entry.settings().storage());
	}

	@Override
	@SuppressWarnings("NullAway") // a call in a scope may return null, as run() may
	public @Nullable Object run(String workflowId, Map<String, ? extends @Nullable Object> input) throws Exception {
		Entry entry = require(workflowId);
		@Nullable Object[] arguments = new InputBinder(workflowId, entry.method()).bind(input);
		StartHandle ticket = StartHandle.ofCall(workflowId);
		return WorkflowInternals.attach(WorkflowScope.current(), ticket).call(() -> entry.call(arguments));
	}

	@Override
	public StartedRun start(String workflowId, Map<String, ? extends @Nullable Object> input, StartOptions options) {
		Entry entry = require(workflowId);
		@Nullable Object[] arguments = new InputBinder(workflowId, entry.method()).bind(input);
		StartHandle ticket = new StartHandle(workflowId, options);
		DefaultStartedRun started = new DefaultStartedRun(ticket.begun());
		WorkflowScope scope = WorkflowInternals.attach(WorkflowScope.current(), ticket);
		options.executor().execute(RunContextHolder.wrap(() -> {
			if (started.proceed()) {
				scope.run(() -> entry.callAndDrain(arguments, ticket, started));
			}
		}));
		return started;
	}

	private Entry require(String workflowId) {
		Entry entry = entry(workflowId);
		if (entry == null) {
			throw new WorkflowNotFoundException(workflowId, new TreeSet<>(this.entries.keySet()));
		}
		return entry;
	}

	private record Entry(String beanName, Workflow bean, Workflow target) {

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

		void callAndDrain(@Nullable Object[] arguments, StartHandle ticket, DefaultStartedRun started) {
			Object result;
			try {
				result = call(arguments);
			}
			catch (Throwable ex) {
				started.failed(ex);
				return;
			}
			ResultAdapters.of(method()).drain(result, (failure) -> started.ended(ticket, failure));
		}

	}

}
