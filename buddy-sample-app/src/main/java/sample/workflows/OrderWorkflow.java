package sample.workflows;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

import buddy.run.RunResponse;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

import sample.ledger.Ledger;

/**
 * Cancels an order by another workflow: the run of that is continued with its own.
 */
public class OrderWorkflow extends Workflow {

	private final RefundWorkflow refund;

	private final Ledger ledger;

	public OrderWorkflow(RefundWorkflow refund, Ledger ledger) {
		super(WorkflowSettings.builder().description("Refund an order, and close it.").build());
		this.refund = refund;
		this.ledger = ledger;
	}

	public RunResponse run(String order, int cents,
			@JsonProperty("pace_ms") @JsonPropertyDescription("How long each step takes, in milliseconds.") @Nullable Integer paceMs) {
		RunResponse refunded = this.refund.run(order, cents, "The order was cancelled", false, null, paceMs);
		String closed = step("close",
				() -> this.ledger.apply(runId(), "close", stepKey(), (paceMs != null) ? paceMs : 0));
		return RunResponse.of(new Order(order, refunded.runId(), closed));
	}

	record Order(String order, @JsonProperty("refund_run_id") @Nullable String refundRunId, String closed) {
	}

}
