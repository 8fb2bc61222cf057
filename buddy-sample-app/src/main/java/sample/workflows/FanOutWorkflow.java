package sample.workflows;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

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
		List<CompletableFuture<RunResponse>> answers = topics.stream()
			.map((topic) -> this.researcher.arun("Find key facts about " + topic + "."))
			.toList();
		sessionState().put("topics", topics);
		return RunResponse
			.of(answers.stream().map((answer) -> answer.join().contentAsString()).collect(Collectors.joining("\n\n")));
	}

}
