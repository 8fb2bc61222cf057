package buddy.agent;

import org.jspecify.annotations.Nullable;

import buddy.run.RunContext;
import buddy.run.ToolExecution;

/**
 * Decides whether a tool is called that a model asks for. It is asked before each call,
 * but not before those whose recorded result is handed back. A bean of this type guards
 * all agents built by {@link Agents}; of several, the first that answers decides.
 */
@FunctionalInterface
public interface ToolCallGuard {

	/**
	 * Called before a tool is called, on the thread that calls it, and within the step
	 * that the call is.
	 * @param agent the name of the agent
	 * @param call the tool, and the arguments that the model passed
	 * @param run the part of the run that the call belongs to, or {@code null} outside of
	 * a run
	 * @return what the model is told instead of a result, or {@code null} to call the
	 * tool
	 * @throws RuntimeException to end the call of the agent
	 */
	@Nullable String refusal(String agent, ToolExecution call, @Nullable RunContext run);

}
