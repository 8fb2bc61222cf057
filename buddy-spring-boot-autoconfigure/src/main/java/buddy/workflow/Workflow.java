package buddy.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

import buddy.durable.QuestionOptions;
import buddy.durable.StepAction;
import buddy.durable.StepBody;
import buddy.durable.StepOptions;
import buddy.memory.WorkflowMemory;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.session.Ids;
import buddy.session.SessionState;

/**
 * Base class of workflows. A subclass declares a method {@code run(...)}, a method
 * {@code arun(...)}, or one of each, with any parameters.
 *
 * <p>
 * A workflow is a singleton bean and holds no state of a run. A call of {@code run()}
 * through the bean is recorded as a run of a session. The protected methods give access
 * to that run, and fail outside of a run.
 */
public abstract class Workflow {

	private volatile WorkflowSettings settings;

	private volatile @Nullable String defaultId;

	private volatile @Nullable Object derived;

	private volatile @Nullable InputConstraints constraints;

	/**
	 * Creates a workflow with default settings.
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
	 * Returns the display name.
	 * @return the name
	 */
	public String name() {
		String name = this.settings.name();
		return (name != null) ? name : ClassUtils.getUserClass(getClass()).getSimpleName();
	}

	/**
	 * Returns the workflow's id, which is the same after restarts and on all nodes.
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
	 * Returns the description of the workflow.
	 * @return the description, or an empty string
	 */
	public String description() {
		String description = this.settings.description();
		return (description != null) ? description : "";
	}

	/**
	 * Returns the id of the current run.
	 * @return the id, a UUID
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected String runId() {
		return context().runId();
	}

	/**
	 * Returns the recorded input of the current run.
	 * @return plain values by parameter name
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected Map<String, @Nullable Object> runInput() {
		return context().runInput();
	}

	/**
	 * Returns the id of the current run's session.
	 * @return the id
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected String sessionId() {
		return context().sessionId();
	}

	/**
	 * Returns the user of the current run.
	 * @return the user's id, or {@code null} if there is none
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
	 * Returns the run's own copy of the session's state, which is stored if the run
	 * completes.
	 * @return the state
	 * @throws IllegalStateException outside of a run of this workflow
	 * @throws buddy.run.RunCancelledException if the run was asked to stop
	 */
	protected SessionState sessionState() {
		return checked().sessionState();
	}

	/**
	 * Returns the memory of the session's earlier runs.
	 * @return the memory
	 * @throws IllegalStateException outside of a run of this workflow
	 * @throws buddy.run.RunCancelledException if the run was asked to stop
	 */
	protected WorkflowMemory memory() {
		return checked().memory();
	}

	/**
	 * Returns whether the current run, or its calling branch, was asked to stop.
	 * @return whether it was asked to stop
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected boolean cancelled() {
		return context().cancellation().cancelled();
	}

	/**
	 * Adds an event to the current run.
	 * @param event the event, such as {@code RunResponseEvent.custom("progress", 3)}
	 * @throws IllegalStateException outside of a run of this workflow
	 * @throws buddy.run.RunCancelledException if the run was asked to stop
	 */
	protected void emit(RunResponseEvent event) {
		checked().emit(event);
	}

	/**
	 * Processes items in parallel, and returns when all are done. Each item has a virtual
	 * thread of its own where the JDK supports them (21 or later); otherwise 16 are
	 * processed at a time. If the run is part of a transaction of the caller, the items
	 * are processed one after the other on the caller's thread.
	 *
	 * <p>
	 * After the first failure the other branches are asked to stop. The failure is thrown
	 * when they have stopped.
	 * @param name the name of the branches' task, such as {@code analyse}
	 * @param items the items
	 * @param body the function that processes an item; it may call agents and this
	 * workflow's methods
	 * @param <T> the type of the items
	 * @param <R> the type of the results
	 * @return the results, in the order of the items; unmodifiable
	 * @throws IllegalStateException outside of a run of this workflow
	 * @throws buddy.run.RunCancelledException if the run was asked to stop
	 */
	protected <T extends @Nullable Object, R extends @Nullable Object> List<R> parallel(String name, List<T> items,
			Function<? super T, ? extends R> body) {
		Assert.hasText(name, "'name' must say what the branches do");
		WorkflowRunContext run = checked();
		return run.parallel(name, run.cancellation(), items, body);
	}

	/**
	 * Calls a step: its result is recorded, and if the run is continued after a crash,
	 * the recorded result is returned and the body is not called again.
	 *
	 * <p>
	 * The result is a {@code String}, {@code Boolean}, {@code Integer}, {@code Double},
	 * {@code null}, or a list or map of these. Name the type of any other result.
	 * @param name the name of the step, such as {@code facts}
	 * @param body what the step does
	 * @param <T> the type of the result
	 * @param <E> the type of exception that the body throws
	 * @return the result
	 * @throws E if the body fails; also if it failed before the run was continued, see
	 * {@link StepOptions#rethrows}
	 * @throws buddy.json.UnstorableValueException if the result cannot be recorded
	 * @throws IllegalStateException outside of a run of this workflow
	 */
	protected <T extends @Nullable Object, E extends Exception> T step(String name, StepBody<T, E> body) throws E {
		return checked().step(name, null, StepOptions.defaults(), body);
	}

	/**
	 * Calls a step with options.
	 * @param name the name of the step
	 * @param options how the step is executed
	 * @param body what the step does
	 * @param <T> the type of the result
	 * @param <E> the type of exception that the body throws
	 * @return the result
	 * @throws E if the body fails
	 * @see #step(String, StepBody)
	 */
	protected <T extends @Nullable Object, E extends Exception> T step(String name, StepOptions options,
			StepBody<T, E> body) throws E {
		return checked().step(name, null, options, body);
	}

	/**
	 * Calls a step whose result is read back as a type.
	 * @param name the name of the step
	 * @param type the type of the result, which Jackson can write and read
	 * @param body what the step does
	 * @param <T> the type of the result
	 * @param <E> the type of exception that the body throws
	 * @return the result
	 * @throws E if the body fails
	 * @see #step(String, StepBody)
	 */
	protected <T, E extends Exception> T step(String name, Class<T> type, StepBody<? extends T, E> body) throws E {
		return step(name, type, StepOptions.defaults(), body);
	}

	/**
	 * Calls a step with options, whose result is read back as a type.
	 * @param name the name of the step
	 * @param type the type of the result, which Jackson can write and read
	 * @param options how the step is executed
	 * @param body what the step does
	 * @param <T> the type of the result
	 * @param <E> the type of exception that the body throws
	 * @return the result
	 * @throws E if the body fails
	 * @see #step(String, StepBody)
	 */
	protected <T, E extends Exception> T step(String name, Class<T> type, StepOptions options,
			StepBody<? extends T, E> body) throws E {
		return checked().<T, E>step(name, type, options, body::call);
	}

	/**
	 * Calls a step whose result is read back as a generic type, such as a list of
	 * records.
	 * @param name the name of the step
	 * @param type the type of the result, which Jackson can write and read
	 * @param body what the step does
	 * @param <T> the type of the result
	 * @param <E> the type of exception that the body throws
	 * @return the result
	 * @throws E if the body fails
	 * @see #step(String, StepBody)
	 */
	protected <T, E extends Exception> T step(String name, ParameterizedTypeReference<T> type,
			StepBody<? extends T, E> body) throws E {
		return step(name, type, StepOptions.defaults(), body);
	}

	/**
	 * Calls a step with options, whose result is read back as a generic type.
	 * @param name the name of the step
	 * @param type the type of the result, which Jackson can write and read
	 * @param options how the step is executed
	 * @param body what the step does
	 * @param <T> the type of the result
	 * @param <E> the type of exception that the body throws
	 * @return the result
	 * @throws E if the body fails
	 * @see #step(String, StepBody)
	 */
	protected <T, E extends Exception> T step(String name, ParameterizedTypeReference<T> type, StepOptions options,
			StepBody<? extends T, E> body) throws E {
		return checked().<T, E>step(name, type.getType(), options, body::call);
	}

	/**
	 * Calls a step without a result.
	 * @param name the name of the step
	 * @param body what the step does
	 * @param <E> the type of exception that the body throws
	 * @throws E if the body fails
	 * @see #step(String, StepBody)
	 */
	protected <E extends Exception> void step(String name, StepAction<E> body) throws E {
		step(name, StepOptions.defaults(), body);
	}

	/**
	 * Calls a step without a result, with options.
	 * @param name the name of the step
	 * @param options how the step is executed
	 * @param body what the step does
	 * @param <E> the type of exception that the body throws
	 * @throws E if the body fails
	 * @see #step(String, StepBody)
	 */
	@SuppressWarnings("NullAway") // the body of such a step returns null
	protected <E extends Exception> void step(String name, StepOptions options, StepAction<E> body) throws E {
		checked().<@Nullable Object, E>step(name, null, options, () -> {
			body.run();
			return null;
		});
	}

	/**
	 * Asks a person. The run pauses until there is an answer: it holds no thread, no
	 * connection and not its session meanwhile, and survives restarts. With the answer
	 * {@code run()} is called again, its recorded steps are not executed again, and this
	 * method returns the answer.
	 * @param name the name of the question, such as {@code approve}
	 * @param type the type of the answer, which Jackson can write and read
	 * @param <T> the type of the answer
	 * @return the answer
	 * @throws IllegalStateException outside of a run of this workflow, within the body of
	 * a step, and in a run whose steps cannot be recorded
	 */
	protected <T> T awaitInput(String name, Class<T> type) {
		return awaitInput(name, type, QuestionOptions.none());
	}

	/**
	 * Asks a person, with options.
	 * @param name the name of the question
	 * @param type the type of the answer, which Jackson can write and read
	 * @param options what the person is shown, who may answer, and until when
	 * @param <T> the type of the answer
	 * @return the answer
	 * @throws buddy.durable.AnswerExpiredException if nobody has answered in time, and
	 * the options have no default
	 * @see #awaitInput(String, Class)
	 */
	@SuppressWarnings({ "unchecked", "NullAway" }) // it is read as that type; a default
													// may be null
	protected <T> T awaitInput(String name, Class<T> type, QuestionOptions options) {
		return (T) checked().awaitInput(name, type, options);
	}

	/**
	 * Waits for a time, of any length: the run pauses like one that
	 * {@linkplain #awaitInput waits for an answer}.
	 * @param name the name of the pause, such as {@code cool-down}
	 * @param time how long it is; zero or less is over at once
	 * @throws IllegalStateException outside of a run of this workflow, within the body of
	 * a step, and in a run whose steps cannot be recorded
	 */
	protected void sleep(String name, Duration time) {
		checked().sleep(name, time);
	}

	/**
	 * Returns the key of the step whose body is executed: pass it to other systems as
	 * idempotency key, so that they do not act twice. It is the same in every execution
	 * of the run and in every attempt, and another one in a fork of the run.
	 * @return the key
	 * @throws IllegalStateException outside of the body of a step
	 */
	protected String stepKey() {
		return checked().stepKey();
	}

	/**
	 * Returns whether a piece of code is executed that was added to the workflow while
	 * runs of it were unfinished. It is in new runs, and not in those that have passed
	 * this place without it.
	 * @param name the name of the change, such as {@code add-fraud-check}
	 * @return whether it is executed
	 */
	protected boolean changed(String name) {
		return checked().changed(name);
	}

	/**
	 * Returns random numbers that are the same in every execution of the run. They are no
	 * secret.
	 * @return the generator
	 * @throws IllegalStateException within the body of a step
	 */
	protected RandomGenerator random() {
		return checked().random();
	}

	/**
	 * Returns a UUID that is the same in every execution of the run. It is no secret.
	 * @return the UUID
	 * @throws IllegalStateException within the body of a step
	 */
	protected UUID uuid() {
		return checked().uuid();
	}

	/**
	 * Returns the time at which the last step ended, or else the run began: the same in
	 * every execution of the run.
	 * @return the time
	 * @throws IllegalStateException within the body of a step
	 */
	protected Instant now() {
		return checked().now();
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

	/** Returns the derived object, which is cached since every call of run() needs it. */
	<T> T derived(Class<T> type, Function<Workflow, T> derive) {
		Object known = this.derived;
		if (known == null) {
			known = derive.apply(this);
			this.derived = known;
		}
		return type.cast(known);
	}

	/**
	 * Derives the id from the class name: {@code research} from {@code ResearchWorkflow},
	 * {@code fan-out} from {@code FanOut}.
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

	/** Returns the current run, or throws an exception if it was asked to stop. */
	private WorkflowRunContext checked() {
		WorkflowRunContext context = context();
		context.cancellation().check(context.runId());
		return context;
	}

	/**
	 * Returns the nearest run of this workflow, or branch of such a run, in the chain of
	 * runs in progress.
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
