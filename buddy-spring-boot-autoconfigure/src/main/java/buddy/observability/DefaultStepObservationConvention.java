package buddy.observability;

import java.util.Locale;

import io.micrometer.common.KeyValues;

import buddy.observability.BuddyObservation.StepHighCardinalityKey;
import buddy.observability.BuddyObservation.StepLowCardinalityKey;
import buddy.run.StepInterception.Outcome;

/**
 * The default {@link StepObservationConvention}.
 */
public class DefaultStepObservationConvention implements StepObservationConvention {

	@Override
	public String getName() {
		return "buddy.step";
	}

	@Override
	public String getContextualName(StepObservationContext context) {
		return "step " + context.getStepName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(StepObservationContext context) {
		Outcome outcome = context.getOutcome();
		return KeyValues.of(StepLowCardinalityKey.WORKFLOW_ID.withValue(context.getWorkflowId()),
				StepLowCardinalityKey.STEP_NAME.withValue(context.getStepName()), StepLowCardinalityKey.OUTCOME
					.withValue((outcome != null) ? outcome.name().toLowerCase(Locale.ROOT) : "running"));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(StepObservationContext context) {
		return KeyValues.of(StepHighCardinalityKey.STEP_KEY.withValue(context.getKey()),
				StepHighCardinalityKey.RUN_ID.withValue(context.getRunId()));
	}

}
