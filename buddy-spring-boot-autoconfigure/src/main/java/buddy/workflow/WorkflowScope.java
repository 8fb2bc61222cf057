package buddy.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.run.RunContextHolder;
import buddy.session.Ids;
import buddy.session.SessionConcurrency;
import buddy.storage.StoredSession;

/**
 * Sets the session and user of the workflow calls in a block of code.
 *
 * <p>
 * Scopes are immutable. A nested scope inherits the outer scope's user and session,
 * unless it sets its own. A scope applies to calls on the same thread and on threads that
 * {@link buddy.run.RunContext#wrap} propagates it to, and ends with the block.
 */
public final class WorkflowScope {

	private static final WorkflowScope EMPTY = new WorkflowScope(null, null, null, Map.of(), RunOptions.NONE, null);

	private final @Nullable String sessionId;

	private final @Nullable String userId;

	private final @Nullable String sessionName;

	private final Map<String, ? extends @Nullable Object> sessionState;

	private final RunOptions options;

	private final @Nullable Object attachment;

	private WorkflowScope(@Nullable String sessionId, @Nullable String userId, @Nullable String sessionName,
			Map<String, ? extends @Nullable Object> sessionState, RunOptions options, @Nullable Object attachment) {
		this.sessionId = sessionId;
		this.userId = userId;
		this.sessionName = sessionName;
		this.sessionState = sessionState;
		this.options = options;
		this.attachment = attachment;
	}

	/**
	 * Returns a scope that sets nothing.
	 * @return the scope
	 */
	public static WorkflowScope empty() {
		return EMPTY;
	}

	/**
	 * Returns a scope for a session.
	 * @param sessionId the session's id
	 * @return the scope
	 * @throws buddy.session.InvalidIdException if the id is not allowed
	 */
	public static WorkflowScope session(String sessionId) {
		return new WorkflowScope(Ids.requireSessionId(sessionId), null, null, Map.of(), RunOptions.NONE, null);
	}

	/**
	 * Returns a scope for a user; the session is determined as without a scope.
	 * @param userId the user's id
	 * @return the scope
	 * @throws buddy.session.InvalidIdException if the id is not allowed
	 */
	public static WorkflowScope ofUser(String userId) {
		return EMPTY.user(userId);
	}

	/**
	 * Returns a copy of this scope for a user.
	 * @param userId the user's id
	 * @return the scope
	 * @throws buddy.session.InvalidIdException if the id is not allowed
	 */
	public WorkflowScope user(@Nullable String userId) {
		return new WorkflowScope(this.sessionId, Ids.requireUserId(userId), this.sessionName, this.sessionState,
				this.options, this.attachment);
	}

	/**
	 * Returns a copy of this scope with a name for new sessions; an existing session
	 * keeps its name.
	 * @param sessionName the name, up to 255 characters
	 * @return the scope
	 */
	public WorkflowScope sessionName(@Nullable String sessionName) {
		return new WorkflowScope(this.sessionId, this.userId, StoredSession.requireName(sessionName), this.sessionState,
				this.options, this.attachment);
	}

	/**
	 * Returns a copy of this scope with state that takes precedence over the session's
	 * stored state: nested maps are merged, and lists are replaced.
	 * @param sessionState plain JSON values
	 * @return the scope
	 * @throws buddy.json.UnstorableValueException if it cannot be stored
	 */
	public WorkflowScope sessionState(Map<String, ? extends @Nullable Object> sessionState) {
		String json = StorableJson.require("The scope's session state", sessionState);
		return new WorkflowScope(this.sessionId, this.userId, this.sessionName, Json.readMap(json), this.options,
				this.attachment);
	}

	/**
	 * Returns a copy of this scope with a policy for runs whose session has another run
	 * in progress.
	 * @param concurrency the policy; it takes precedence over those of the workflow and
	 * the application
	 * @return the scope
	 */
	public WorkflowScope concurrency(SessionConcurrency concurrency) {
		return with(this.options.withConcurrency(concurrency));
	}

	/**
	 * Returns a copy of this scope with the maximum time a run waits for its turn in the
	 * session, if it waits.
	 * @param timeout the time, not negative
	 * @return the scope
	 */
	public WorkflowScope waitTimeout(Duration timeout) {
		return with(this.options.withWaitTimeout(timeout));
	}

	/**
	 * Returns a copy of this scope with the maximum time one execution of a run may take
	 * before it is cancelled.
	 * @param timeout the time; zero for no limit
	 * @return the scope
	 */
	public WorkflowScope timeout(Duration timeout) {
		return with(this.options.withTimeout(timeout));
	}

	/**
	 * Returns a copy of this scope with the maximum time from the call of a run to its
	 * end, with all of its pauses and executions. A run that takes longer is cancelled.
	 * @param deadline the time; zero for no limit
	 * @return the scope
	 */
	public WorkflowScope deadline(Duration deadline) {
		return with(this.options.withDeadline(deadline));
	}

	/**
	 * Returns a copy of this scope with the time at which a run has to end, whether it
	 * pauses or is continued until then. A run that has not ended is cancelled.
	 * @param deadline the time
	 * @return the scope
	 */
	public WorkflowScope deadline(Instant deadline) {
		return with(this.options.withDeadline(deadline));
	}

	private WorkflowScope with(RunOptions options) {
		return new WorkflowScope(this.sessionId, this.userId, this.sessionName, this.sessionState, options,
				this.attachment);
	}

	/**
	 * Runs code in this scope.
	 * @param code the code, such as {@code () -> research.run("fusion")}
	 * @param <T> the type of its result
	 * @param <X> the type of exception that it may throw
	 * @return the result of the code
	 * @throws X the exception that the code throws
	 */
	public <T extends @Nullable Object, X extends Throwable> T call(Call<T, X> code) throws X {
		try (RunContextHolder.Binding binding = bind()) {
			return code.call();
		}
	}

	/**
	 * Runs code that returns nothing in this scope.
	 * @param code the code
	 * @param <X> the type of exception that it may throw
	 * @throws X the exception that the code throws
	 */
	public <X extends Throwable> void run(Action<X> code) throws X {
		try (RunContextHolder.Binding binding = bind()) {
			code.run();
		}
	}

	/**
	 * Returns the scope of the calling code.
	 * @return the scope; an empty one if there is none
	 */
	public static WorkflowScope current() {
		return (RunContextHolder.scope() instanceof WorkflowScope scope) ? scope : EMPTY;
	}

	private RunContextHolder.Binding bind() {
		return RunContextHolder.bindScope(within(current()));
	}

	/**
	 * Combines this scope with its outer scope, from which it inherits what it does not
	 * set: the user, the policy and time limits of runs, and, unless it has a session of
	 * its own, everything about the session.
	 */
	private WorkflowScope within(WorkflowScope outer) {
		String user = (this.userId != null) ? this.userId : outer.userId;
		RunOptions combined = outer.options.overriddenBy(this.options);
		if (this.sessionId != null) {
			return new WorkflowScope(this.sessionId, user, this.sessionName, this.sessionState, combined,
					this.attachment);
		}
		return new WorkflowScope(outer.sessionId, user,
				(this.sessionName != null) ? this.sessionName : outer.sessionName,
				this.sessionState.isEmpty() ? outer.sessionState : this.sessionState, combined, this.attachment);
	}

	/**
	 * Returns a copy of this scope that passes an object to the run that is called in it.
	 */
	WorkflowScope attach(Object attachment) {
		return new WorkflowScope(this.sessionId, this.userId, this.sessionName, this.sessionState, this.options,
				attachment);
	}

	@Nullable Object attachment() {
		return this.attachment;
	}

	/**
	 * Returns the options for how runs share their session and how long they may take.
	 * @return the options
	 */
	public RunOptions options() {
		return this.options;
	}

	/**
	 * Returns the session of the runs.
	 * @return the id, or {@code null} if none is set
	 */
	public @Nullable String sessionId() {
		return this.sessionId;
	}

	/**
	 * Returns the user of the runs.
	 * @return the id, or {@code null} if none is set
	 */
	public @Nullable String userId() {
		return this.userId;
	}

	/**
	 * Returns the name for a new session.
	 * @return the name, or {@code null} if none is set
	 */
	public @Nullable String sessionName() {
		return this.sessionName;
	}

	/**
	 * Returns the state that takes precedence over the session's stored state.
	 * @return the state, empty if none is set
	 */
	public Map<String, ? extends @Nullable Object> sessionState() {
		return this.sessionState;
	}

}
