package buddy.workflow;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

import buddy.memory.WorkflowMemory;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.session.Ids;
import buddy.session.SessionState;

/**
 * What a user extends: a class with one free-form {@code run(...)} and, or instead, one
 * {@code arun(...)}, of any parameters.
 *
 * <p>
 * A workflow is a singleton bean without any state of a run. Called through its bean,
 * {@code run()} is recorded as a run of a session; the protected methods here are about
 * that run, and fail outside of one.
 */
public abstract class Workflow {

	private volatile WorkflowSettings settings;

	private volatile @Nullable String defaultId;

	private volatile @Nullable Object derived;

	private volatile @Nullable InputConstraints constraints;

	/**
	 * Creates a workflow with all defaults.
	 */
	protected Workflow() {
		this(WorkflowSettings.defaults());
	}

	/**
	 * Creates a workflow with settings.
	 * @param settings the settings
	 */
	protected Workflow(WorkflowSettings settings) {
		if (settings == null) {
			throw new IllegalArgumentException("'settings' must not be null");
		}
		this.settings = settings;
	}

	/**
	 * Returns the name for people.
	 * @return the name
	 */
	public String name() {
		String name = this.settings.name();
		return (name != null) ? name : ClassUtils.getUserClass(getClass()).getSimpleName();
	}

	/**
	 * Returns the id, stable over restarts and nodes.
	 * @return the id
	 */
	public String workflowId() {
		String id = this.settings.workflowId();
		if (id == null) {
			id = this.defaultId;
		}
		if (id == null) {
			id = defaultId();
			this.defaultId = id;
		}
		return id;
	}

	/**
	 * Returns what the workflow does.
	 * @return a sentence, or an empty text
	 */
	public String description() {
		String description = this.settings.description();
		return (description != null) ? description : "";
	}

	/**
	 * Returns the id of the run in progress.
	 * @return a UUID
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected String runId() {
		return context().runId();
	}

	/**
	 * Returns the recorded input of the run in progress.
	 * @return plain values by parameter name
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected Map<String, @Nullable Object> runInput() {
		return context().runInput();
	}

	/**
	 * Returns the session of the run in progress.
	 * @return the session's id
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected String sessionId() {
		return context().sessionId();
	}

	/**
	 * Returns whose run is in progress.
	 * @return the user's id, or {@code null} if nobody is known
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected @Nullable String userId() {
		return context().userId();
	}

	/**
	 * Returns the name of the session.
	 * @return the name, or {@code null} if it has none
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected @Nullable String sessionName() {
		return context().sessionName();
	}

	/**
	 * Returns the application's own data in the session.
	 * @return plain values; empty if there are none
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected Map<String, @Nullable Object> extraData() {
		return context().extraData();
	}

	/**
	 * Returns the run's own copy of the session's state, which is stored if the run ends
	 * well.
	 * @return the state
	 * @throws IllegalStateException outside of a run of this workflow
	 * @throws buddy.run.RunCancelledException if the run was asked to stop
	 */
	protected SessionState sessionState() {
		return checked().sessionState();
	}

	/**
	 * Returns the earlier runs of the session.
	 * @return the memory
	 * @throws IllegalStateException outside of a run of this workflow
	 * @throws buddy.run.RunCancelledException if the run was asked to stop
	 */
	protected WorkflowMemory memory() {
		return checked().memory();
	}

	/**
	 * Tells whether the run in progress, or the branch of it that calls, was asked to
	 * stop.
	 * @return whether it was
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected boolean cancelled() {
		return context().cancellation().cancelled();
	}

	/**
	 * Takes an event into the run in progress.
	 * @param event the event, such as {@code RunResponseEvent.custom("progress", 3)}
	 * @throws IllegalStateException outside of a run of this workflow
	 * @throws buddy.run.RunCancelledException if the run was asked to stop
	 */
	protected void emit(RunResponseEvent event) {
		checked().emit(event);
	}

	/**
	 * Does the same with several items side by side, and returns when all are done: each
	 * on a virtual thread where the JDK has them (21 or later), else 16 at a time. Within
	 * a transaction of the caller that the run is part of, one after the other on the
	 * caller's thread.
	 *
	 * <p>
	 * The first failure asks the other branches to stop, and is thrown when they have.
	 * @param name what the branches do, such as {@code analyse}
	 * @param items the items
	 * @param body what to do with an item; it may call agents and this workflow's methods
	 * @param <T> the items
	 * @param <R> what is made of them
	 * @return what was made of the items, in their order; unmodifiable
	 * @throws IllegalStateException outside of a run of this workflow
	 * @throws buddy.run.RunCancelledException if the run was asked to stop
	 */
	protected <T extends @Nullable Object, R extends @Nullable Object> List<R> parallel(String name, List<T> items,
			Function<? super T, ? extends R> body) {
		Assert.hasText(name, "'name' must say what the branches do");
		WorkflowRunContext run = checked();
		return run.parallel(name, run.cancellation(), items, body);
	}

	WorkflowSettings settings() {
		return this.settings;
	}

	void configure(WorkflowSettings overrides) {
		this.settings = this.settings.overriddenBy(overrides);
		this.derived = null;
	}

	void constrain(InputConstraints constraints) {
		this.constraints = constraints;
		this.derived = null;
	}

	@Nullable InputConstraints constraints() {
		return this.constraints;
	}

	/** Made once: every call of run() asks for it. */
	<T> T derived(Class<T> type, Function<Workflow, T> derive) {
		Object known = this.derived;
		if (known == null) {
			known = derive.apply(this);
			this.derived = known;
		}
		return type.cast(known);
	}

	/**
	 * {@code ResearchWorkflow} is {@code research}, {@code FanOut} is {@code fan-out}.
	 */
	private String defaultId() {
		Class<?> type = ClassUtils.getUserClass(getClass());
		String name = type.getSimpleName().replaceFirst("(?<=.)Workflow$", "");
		if (name.isEmpty()) {
			throw new InvalidWorkflowException(type.getName(), "an anonymous class has no name to derive an id from",
					"Give it WorkflowSettings with a workflowId.");
		}
		return Ids.requireWorkflowId(
				name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-").toLowerCase(Locale.ROOT));
	}

	/** The run, if it was not asked to stop. */
	private WorkflowRunContext checked() {
		WorkflowRunContext context = context();
		context.cancellation().check(context.runId());
		return context;
	}

	/**
	 * The nearest run of this workflow, or branch of it, on the chain of runs in
	 * progress.
	 */
	private WorkflowRunContext context() {
		for (RunContext context = RunContext.current(); context != null; context = context.parent()) {
			if (context instanceof WorkflowRunContext run && run.isOf(this)) {
				return run;
			}
		}
		throw new IllegalStateException("No run of workflow '" + workflowId()
				+ "' is in progress on this thread. Call run() through the injected bean (not 'this' and not 'new'; "
				+ "Workflows.proxy(...) in a plain test); on another thread, hand tasks over with RunContext.wrap(executor), "
				+ "or set spring.task.execution.propagate-context=true for the application's task executor");
	}

}
