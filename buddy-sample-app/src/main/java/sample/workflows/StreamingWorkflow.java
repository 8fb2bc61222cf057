package sample.workflows;

import reactor.core.publisher.Flux;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.run.RunResponseEvent;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Hands on what an agent says as it says it, and remembers its conversation.
 */
public class StreamingWorkflow extends Workflow {

	private static final int REMEMBERED_RUNS = 5;

	private final Agent agent;

	public StreamingWorkflow(Agents agents) {
		super(WorkflowSettings.builder().description("Answer a question piece by piece.").build());
		this.agent = agents.named("answerer").history(REMEMBERED_RUNS).build();
	}

	public Flux<RunResponseEvent> run(@SessionId String sessionId, String query) {
		return this.agent.stream(query);
	}

}
