package buddy.observability;

import java.util.Locale;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

import buddy.agent.AgentStart;
import buddy.observability.BuddyObservation.AgentHighCardinalityKey;
import buddy.observability.BuddyObservation.AgentLowCardinalityKey;
import buddy.run.RunContext;
import buddy.run.RunResponse;

/**
 * The default {@link AgentObservationConvention}.
 */
public class DefaultAgentObservationConvention implements AgentObservationConvention {

	private static final String UNKNOWN = "unknown";

	@Override
	public String getName() {
		return "buddy.agent.call";
	}

	@Override
	public String getContextualName(AgentObservationContext context) {
		return "invoke_agent " + context.getStart().agentName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(AgentObservationContext context) {
		AgentStart start = context.getStart();
		RunContext run = start.run();
		return KeyValues.of(
				AgentLowCardinalityKey.WORKFLOW_ID.withValue((run != null) ? run.workflowId() : KeyValue.NONE_VALUE),
				AgentLowCardinalityKey.PROVIDER_NAME.withValue(provider(start.provider())),
				AgentLowCardinalityKey.REQUEST_MODEL.withValue((start.model() != null) ? start.model() : UNKNOWN),
				AgentLowCardinalityKey.ERROR_TYPE.withValue(RunOutcome.errorType(context.getError())));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(AgentObservationContext context) {
		AgentStart start = context.getStart();
		KeyValues keys = KeyValues.of(AgentHighCardinalityKey.OPERATION_NAME.withValue("invoke_agent"),
				AgentHighCardinalityKey.AGENT_ID.withValue(start.agentId()),
				AgentHighCardinalityKey.AGENT_NAME.withValue(start.agentName()));
		RunContext run = start.run();
		if (run != null) {
			keys = keys.and(AgentHighCardinalityKey.CONVERSATION_ID.withValue(run.sessionId()),
					AgentHighCardinalityKey.RUN_ID.withValue(run.runId()));
		}
		if (context.isIncludeContent()) {
			keys = keys.and(AgentHighCardinalityKey.PROMPT.withValue(Content.cut(start.prompt())));
		}
		RunResponse response = context.getResponse();
		return (response != null) ? keys.and(ofResponse(response, context.isIncludeContent())) : keys;
	}

	private static KeyValues ofResponse(RunResponse response, boolean includeContent) {
		KeyValues keys = KeyValues.of(
				AgentHighCardinalityKey.INPUT_TOKENS.withValue(String.valueOf(Tokens.input(response))),
				AgentHighCardinalityKey.OUTPUT_TOKENS.withValue(String.valueOf(Tokens.output(response))));
		if (includeContent && response.content() != null) {
			keys = keys.and(AgentHighCardinalityKey.ANSWER.withValue(Content.cut(response.contentAsString())));
		}
		return keys;
	}

	/** Returns the provider in lower case, as the conventions require. */
	private static String provider(@Nullable String provider) {
		return (provider != null) ? provider.toLowerCase(Locale.ROOT) : UNKNOWN;
	}

}
