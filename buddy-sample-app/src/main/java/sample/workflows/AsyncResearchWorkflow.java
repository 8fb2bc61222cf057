package sample.workflows;

import java.util.concurrent.CompletableFuture;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.run.RunResponse;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Researches without keeping its caller's thread.
 */
public class AsyncResearchWorkflow extends Workflow {

	private final Agent researcher;

	public AsyncResearchWorkflow(Agents agents) {
		super(WorkflowSettings.builder().description("Research a topic on another thread.").build());
		this.researcher = agents.named("researcher").build();
	}

	public CompletableFuture<RunResponse> arun(@SessionId String sessionId, String topic) {
		return this.researcher.arun("Find key facts about " + topic + ".")
			.thenApply((facts) -> RunResponse.of("Notes on " + topic + ":\n" + facts.contentAsString()));
	}

}
