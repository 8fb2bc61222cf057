package buddy.agent;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.run.RunContext;

/**
 * A call of an agent that starts.
 *
 * @param agentId the agent's id
 * @param agentName the agent's name
 * @param model the id of the model that is asked for, or {@code null} if nobody says
 * @param provider who serves it, or {@code null} if nobody knows
 * @param prompt what the agent is asked
 * @param run the run that the call is part of, or {@code null}
 * @param context finds values of the subscriber's Reactor context by their keys of
 * context propagation, {@code null} where there is none
 */
public record AgentStart(String agentId, String agentName, @Nullable String model, @Nullable String provider,
		String prompt, @Nullable RunContext run, Function<String, @Nullable Object> context) {
}
