package sample.workflows;

import java.util.Map;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Improves a draft until a critic is content or the rounds are used up: a loop is a
 * {@code for}.
 */
public class RefineWorkflow extends Workflow {

	private static final int MAX_ROUNDS = 4;

	private static final int GOOD_ENOUGH = 8;

	private final Agent writer;

	private final Agent critic;

	public RefineWorkflow(Agents agents) {
		super(WorkflowSettings.builder().description("Write a draft and improve it until it is good.").build());
		this.writer = agents.named("writer").build();
		this.critic = agents.named("critic").answerType(Integer.class).build();
	}

	public RunResponse run(@SessionId String sessionId, String brief) {
		String draft = this.writer.run("Write a short text. Brief: " + brief).contentAsString();
		int score = score(brief, draft);
		int rounds = 0;
		while (score < GOOD_ENOUGH && rounds < MAX_ROUNDS) {
			rounds++;
			draft = this.writer.run("Improve this draft: " + draft + "\nBrief: " + brief).contentAsString();
			score = score(brief, draft);
			emit(RunResponseEvent.custom("round", Map.of("round", rounds, "score", score)));
		}
		sessionState().put("last_score", score);
		return RunResponse.of(draft).toBuilder().extraData(Map.of("rounds", rounds, "score", score)).build();
	}

	private int score(String brief, String draft) {
		RunResponse verdict = this.critic
			.run("Score this text from 0 to 10 against its brief.\nDraft: " + draft + "\nBrief: " + brief);
		Integer score = verdict.contentAs(Integer.class);
		return (score != null) ? score : 0;
	}

}
