package sample.workflows;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

import sample.ledger.Ledger;

/**
 * Calls as many steps as it is asked to, in any of their modes.
 */
public class StepsWorkflow extends Workflow {

	private final Ledger ledger;

	public StepsWorkflow(Ledger ledger) {
		super(WorkflowSettings.builder().description("Do a number of steps, one after the other.").build());
		this.ledger = ledger;
	}

	public List<String> run(int count,
			@JsonProperty("pace_ms") @JsonPropertyDescription("How long each step takes, in milliseconds.") @Nullable Integer paceMs,
			@JsonPropertyDescription("at_least_once, at_most_once or transactional.") @Nullable String mode,
			@JsonProperty("fail_at") @JsonPropertyDescription("The number of the step that fails; 0 for none.") @Nullable Integer failAt,
			@JsonProperty("fail_times") @JsonPropertyDescription("How many calls of that step fail.") @Nullable Integer failTimes) {
		StepMode stepMode = (mode != null) ? StepMode.valueOf(mode.toUpperCase(Locale.ROOT)) : StepMode.AT_LEAST_ONCE;
		StepOptions options = StepOptions.of(stepMode);
		int pace = (paceMs != null) ? paceMs : 0;
		List<String> results = new ArrayList<>();
		for (int number = 1; number <= count; number++) {
			int failures = (failAt != null && failAt == number && failTimes != null) ? failTimes : 0;
			results.add(step("s", options, () -> call(stepMode, pace, failures)));
		}
		return results;
	}

	private String call(StepMode mode, int pace, int failures) {
		String key = stepKey();
		String step = key.substring(runId().length() + 1);
		int calls = this.ledger.call(runId(), step, key, pace);
		if (calls <= failures) {
			throw new IllegalStateException("Call " + calls + " of step '" + step + "' fails, as it was asked to");
		}
		if (mode == StepMode.TRANSACTIONAL) {
			this.ledger.book(runId(), step);
		}
		return this.ledger.applyEffect(runId(), step, key);
	}

}
