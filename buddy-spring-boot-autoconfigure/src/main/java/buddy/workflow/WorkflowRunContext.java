package buddy.workflow;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.memory.WorkflowMemory;
import buddy.run.Cancellation;
import buddy.run.RunContext;
import buddy.session.SessionState;

/**
 * The run in progress, or a branch of it, as its own workflow sees it: what the protected
 * methods of {@link Workflow} answer with.
 */
public interface WorkflowRunContext extends RunContext {

	/**
	 * Tells whether it is a run of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 * @return whether it is
	 */
	boolean isOf(Object workflow);

	/**
	 * Returns the run's own copy of the session's state.
	 * @return the state
	 */
	SessionState sessionState();

	/**
	 * Returns the earlier runs of the session.
	 * @return the memory
	 */
	WorkflowMemory memory();

	/**
	 * Returns the name of the session.
	 * @return the name, or {@code null} if it has none
	 */
	@Nullable String sessionName();

	/**
	 * Returns the application's own data in the session.
	 * @return plain values; empty if there are none
	 */
	Map<String, @Nullable Object> extraData();

	/**
	 * Tells whether no other run may enter a session before this one has ended.
	 * @param sessionId the session
	 * @return whether this run has that session to itself
	 */
	boolean holds(String sessionId);

	/**
	 * Does the same with several items side by side.
	 * @param name what the branches do, for the messages
	 * @param around stops the branches with it: that of the run or branch that calls
	 * @param items a branch for each
	 * @param body what a branch does
	 * @param <T> the items
	 * @param <R> what is made of them
	 * @return what was made of the items, in their order
	 */
	<T extends @Nullable Object, R extends @Nullable Object> List<R> parallel(String name, Cancellation around,
			List<T> items, Function<? super T, ? extends R> body);

}
