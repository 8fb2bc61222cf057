package sample.workflows;

import java.util.List;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Asks about several topics at once and puts the answers together.
 */
public class FanOutWorkflow extends Workflow {

	private final Agent researcher;

	public FanOutWorkflow(Agents agents) {
		super(WorkflowSettings.builder().description("Research several topics at once.").build());
		this.researcher = agents.named("researcher").build();
	}

	public RunResponse run(@SessionId String sessionId, List<String> topics) {
		List<String> answers = parallel("research", topics,
				(topic) -> this.researcher.run("Find key facts about " + topic + ".").contentAsString());
		sessionState().put("topics", topics);
		return RunResponse.of(String.join("\n\n", answers));
	}

}
