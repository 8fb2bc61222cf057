package sample.workflows;

import java.util.Locale;
import java.util.Map;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Sends a customer's question to the agent that knows its subject: a branch is an
 * {@code if}, or a map.
 */
public class SupportWorkflow extends Workflow {

	private final Agent router;

	private final Map<String, Agent> specialists;

	private final Agent generalist;

	public SupportWorkflow(Agents agents) {
		super(WorkflowSettings.builder().description("Route a support question to the right agent.").build());
		this.router = agents.named("router")
			.instructions("Classify the customer's question as one of: billing, shipping, account, other. "
					+ "Answer with one word.")
			.build();
		this.specialists = Map.of("billing", specialist(agents, "billing"), "shipping", specialist(agents, "shipping"),
				"account", specialist(agents, "account"));
		this.generalist = agents.named("generalist").build();
	}

	public RunResponse run(@SessionId String sessionId, String question) {
		String subject = this.router.run(question).contentAsString().strip().toLowerCase(Locale.ROOT);
		sessionState().append("subjects", subject);
		Agent agent = this.specialists.getOrDefault(subject, this.generalist);
		RunResponse answer = agent.run(question);
		return RunResponse.of(answer.content()).toBuilder().extraData(Map.of("subject", subject)).build();
	}

	private static Agent specialist(Agents agents, String subject) {
		return agents.named(subject)
			.instructions("You answer customers' questions about " + subject + ", shortly and kindly.")
			.build();
	}

}
