package sample.workflows;

import java.time.Duration;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.durable.QuestionOptions;
import buddy.run.RunResponse;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

import sample.ledger.Ledger;

/**
 * Pays a customer back, once somebody has approved that. Kill its process at any place,
 * and start it again: the run goes on, and the customer is paid once.
 */
public class RefundWorkflow extends Workflow {

	private static final int RENAMED = 2;

	private static final int AUDITED = 3;

	private final Agent assessor;

	private final Agent writer;

	private final Ledger ledger;

	private final int variant;

	/**
	 * Creates the workflow.
	 * @param agents makes its agents
	 * @param ledger takes its effects
	 * @param variant a later version of this code, to try what becomes of runs that began
	 * with an earlier one
	 */
	public RefundWorkflow(Agents agents, Ledger ledger, @Value("${sample.refund.variant:1}") int variant) {
		super(WorkflowSettings.builder().description("Assess a refund, pay it, and tell the customer.").build());
		this.assessor = agents.named("assessor").instructions("You assess requests for refunds.").build();
		this.writer = agents.named("writer").instructions("You write short and kind letters to customers.").build();
		this.ledger = ledger;
		this.variant = variant;
	}

	public RunResponse run(String order, int cents, String reason,
			@JsonPropertyDescription("Whether a person is asked before the money is paid; by default, one is.") @Nullable Boolean approval,
			@JsonPropertyDescription("How long to wait before the money is paid, such as PT10S.") @Nullable Duration wait,
			@JsonProperty("pace_ms") @JsonPropertyDescription("How long each step takes, in milliseconds.") @Nullable Integer paceMs) {
		int pace = (paceMs != null) ? paceMs : 0;
		String assessment = this.assessor
			.run("May order " + order + " be refunded with " + cents + " cents? The customer says: " + reason)
			.contentAsString();
		Number refunds = sessionState().increment("refunds", 1);
		String letter = this.writer.run("Write to the customer about the refund of order " + order + ": " + assessment)
			.contentAsString();
		if (!Boolean.FALSE.equals(approval) && !isApproved(order, cents, assessment)) {
			return RunResponse.of(new Refund(order, assessment, letter, null, false, refunds));
		}
		if (wait != null) {
			sleep("cool-down", wait);
		}
		// asked before the money is paid: a run that has paid ends as it began
		boolean audited = this.variant == AUDITED && changed("audit");
		String charge = call((this.variant == RENAMED) ? "debit" : "charge", pace);
		if (audited) {
			call("audit", pace);
		}
		call("notify", pace);
		return RunResponse.of(new Refund(order, assessment, letter, charge, true, refunds));
	}

	/** The run pauses until somebody has answered, today or next week. */
	private boolean isApproved(String order, int cents, String assessment) {
		return awaitInput("approve", Approval.class,
				QuestionOptions.showing(Map.of("order", order, "cents", cents, "assessment", assessment)))
			.approved();
	}

	/** Its key lets the other system tell a repeated call from a second one. */
	private String call(String name, int pace) {
		return step(name, () -> this.ledger.apply(runId(), name, stepKey(), pace));
	}

	record Refund(String order, String assessment, String letter, @JsonProperty("charge_id") @Nullable String chargeId,
			boolean approved, Number refunds) {
	}

	record Approval(boolean approved, @Nullable String note) {
	}

}
