package sample.workflows;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Asks an agent for facts, and remembers the topics of its session. It is declared as a
 * bean in {@link WorkflowConfiguration}; the others are found by the scan.
 */
public class ResearchWorkflow extends Workflow {

	private final Agent researcher;

	public ResearchWorkflow(Agents agents) {
		super(WorkflowSettings.builder().description("Research a topic and write a summary.").build());
		this.researcher = agents.named("researcher").build();
	}

	public RunResponse run(@SessionId String sessionId, String topic) {
		RunResponse facts = this.researcher.run("Find key facts about " + topic + ".");
		sessionState().append("topics", topic);
		return RunResponse.of("Summary of " + topic + ":\n" + facts.contentAsString());
	}

}
