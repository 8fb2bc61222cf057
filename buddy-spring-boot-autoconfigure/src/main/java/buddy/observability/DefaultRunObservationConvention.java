package buddy.observability;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

import buddy.observability.BuddyObservation.RunHighCardinalityKey;
import buddy.observability.BuddyObservation.RunLowCardinalityKey;
import buddy.run.RunEnding;
import buddy.run.RunFailure;
import buddy.run.RunStart;
import buddy.run.RunStatus;

/**
 * The default {@link RunObservationConvention}.
 */
public class DefaultRunObservationConvention implements RunObservationConvention {

	@Override
	public String getName() {
		return "buddy.run";
	}

	@Override
	public String getContextualName(RunObservationContext context) {
		return "invoke_workflow " + context.getStart().workflowId();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(RunObservationContext context) {
		RunEnding ending = context.getEnding();
		return KeyValues.of(RunLowCardinalityKey.WORKFLOW_ID.withValue(context.getStart().workflowId()),
				RunLowCardinalityKey.STATUS.withValue((ending != null) ? RunOutcome.status(ending) : "running"),
				RunLowCardinalityKey.CAUSE.withValue((ending != null) ? RunOutcome.cause(ending) : KeyValue.NONE_VALUE),
				RunLowCardinalityKey.ERROR_TYPE
					.withValue((ending != null) ? RunOutcome.errorType(ending) : KeyValue.NONE_VALUE));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(RunObservationContext context) {
		RunStart start = context.getStart();
		KeyValues keys = KeyValues.of(RunHighCardinalityKey.OPERATION_NAME.withValue("invoke_workflow"),
				RunHighCardinalityKey.WORKFLOW_NAME.withValue(start.workflowId()),
				RunHighCardinalityKey.CONVERSATION_ID.withValue(start.sessionId()),
				RunHighCardinalityKey.RUN_ID.withValue(start.runId()));
		if (start.parentRunId() != null) {
			keys = keys.and(RunHighCardinalityKey.PARENT_RUN_ID.withValue(start.parentRunId()));
		}
		if (start.epoch() > 0) {
			keys = keys.and(RunHighCardinalityKey.EPOCH.withValue(Integer.toString(start.epoch())));
		}
		if (context.isIncludeContent()) {
			keys = keys.and(RunHighCardinalityKey.INPUT.withValue(Content.cut(start.input())));
		}
		RunEnding ending = context.getEnding();
		return (ending != null) ? keys.and(ofEnding(ending, context.isIncludeContent())) : keys;
	}

	private static KeyValues ofEnding(RunEnding ending, boolean includeContent) {
		KeyValues keys = KeyValues.empty();
		RunFailure failure = ending.failure();
		if (ending.status() == RunStatus.CANCELLED && failure != null && failure.message() != null) {
			keys = keys.and(RunHighCardinalityKey.CANCEL_REASON.withValue(failure.message()));
		}
		if (includeContent && ending.response() != null && ending.response().content() != null) {
			keys = keys.and(RunHighCardinalityKey.OUTPUT.withValue(Content.cut(ending.response().contentAsString())));
		}
		return keys;
	}

}
