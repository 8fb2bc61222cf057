package buddy.agent;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.run.RunContext;

/**
 * A call of an agent that starts.
 *
 * @param agentId the agent's id
 * @param agentName the agent's name
 * @param model the id of the requested model, or {@code null} if it is not known
 * @param provider the model's provider, or {@code null} if it is not known
 * @param prompt the user message
 * @param run the run that the call is part of, or {@code null}
 * @param context looks up values in the subscriber's Reactor context by context
 * propagation key; returns {@code null} if there is none
 */
public record AgentStart(String agentId, String agentName, @Nullable String model, @Nullable String provider,
		String prompt, @Nullable RunContext run, Function<String, @Nullable Object> context) {
}
