package sample.workflows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import buddy.run.RunCancelledException;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.test.RecordedRuns;
import buddy.test.ScriptedAgents;
import buddy.test.SettableClock;
import buddy.test.WorkflowTest;
import buddy.workflow.StartOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;

import sample.ledger.Ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * What the sample's workflows make of what their agents say: no web, no database, no
 * model.
 */
@WorkflowTest
class WorkflowSliceTests {

	@Autowired
	private ScriptedAgents agents;

	@Autowired
	private RecordedRuns runs;

	@Autowired
	private SettableClock clock;

	@MockitoBean
	private Ledger ledger;

	@Test
	void researchSumsUpItsFactsAndRemembersItsTopic(@Autowired ResearchWorkflow research) {
		this.agents.agent("researcher").replies("It joins nuclei.");
		RunResponse response = research.run("r1", "fusion");
		assertThat(response).completed().hasContent("Summary of fusion:\nIt joins nuclei.");
		assertThat(this.runs.of(response)).hasInput("topic", "fusion").hasStateEntry("topics", List.of("fusion"));
		assertThat(this.agents.agent("researcher").questions()).singleElement().asString().contains("fusion");
	}

	@Test
	void supportAsksTheSpecialistOfTheSubject(@Autowired SupportWorkflow support) {
		this.agents.agent("router").replies(" Billing\n");
		this.agents.agent("billing").replies("It is paid.");
		RunResponse answer = support.run("s1", "Is my invoice paid?");
		assertThat(answer).hasContent("It is paid.").hasExtraData("subject", "billing");
		assertThat(this.runs.last()).hasStateEntry("subjects", List.of("billing"));
		this.agents.verifyComplete();
	}

	@Test
	void supportLeavesWhatItDoesNotKnowToTheGeneralist(@Autowired SupportWorkflow support) {
		this.agents.agent("router").replies("weather");
		this.agents.agent("generalist").replies("No idea.");
		assertThat(support.run("s1", "Will it rain?")).hasContent("No idea.");
	}

	@Test
	void refineStopsWhenTheCriticIsContent(@Autowired RefineWorkflow refine) {
		this.agents.agent("writer").replies("draft").replies("better").replies("good");
		this.agents.agent("critic").replies(3).replies(6).replies(9);
		assertThat(refine.run("f1", "batteries")).hasContent("good").hasExtraData("rounds", 2).hasExtraData("score", 9);
		assertThat(this.runs.last()).hasStateEntry("last_score", 9).hasEvents("round", "round");
		this.agents.verifyComplete();
	}

	@Test
	void refineGivesUpAfterFourRounds(@Autowired RefineWorkflow refine) {
		this.agents.agent("writer").replies("1").replies("2").replies("3").replies("4").replies("5");
		this.agents.agent("critic").replies(1).replies(1).replies(1).replies(1).replies(1);
		assertThat(refine.run("f1", "batteries")).hasContent("5").hasExtraData("rounds", 4);
	}

	@Test
	void streamIsRecordedAsWhatItSaid(@Autowired StreamingWorkflow streaming) {
		this.agents.agent("answerer").streams("It ", "joins ", "nuclei.");
		assertThat(streaming.run("t1", "What is fusion?")
			.ofType(RunResponseEvent.RunResponseContent.class)
			.count()
			.block()).isEqualTo(3);
		assertThat(this.runs.last()).completed().hasContent("It joins nuclei.");
	}

	@Test
	void failedModelFailsTheRunAndLeavesTheStateAsItWas(@Autowired SupportWorkflow support) {
		this.agents.agent("router").replies("billing");
		this.agents.agent("billing").fails(new IllegalStateException("model down"));
		assertThatIllegalStateException().isThrownBy(() -> support.run("s1", "Is my invoice paid?"));
		assertThat(this.runs.last()).failedWith(IllegalStateException.class);
		assertThat(this.runs.last().session()).hasNoStateEntry("subjects");
	}

	@Test
	void countdownStopsAtItsNextStepWhenItIsCancelled(@Autowired WorkflowRegistry registry,
			@Autowired WorkflowRuns active) {
		StartOptions background = StartOptions.on((body) -> new Thread(body, "countdown").start());
		StartedRun countdown = registry.start("countdown", Map.of("seconds", 600), background);
		String runId = countdown.begun().toCompletableFuture().join();
		assertThat(active.cancel(runId, "enough")).isTrue();
		assertThat(countdown.response()).failsWithin(Duration.ofSeconds(30))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(RunCancelledException.class);
		assertThat(this.runs.last().run().status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void digestSumsUpTheLastHour(@Autowired DigestWorkflow digest, @Autowired CountdownWorkflow countdown)
			throws InterruptedException {
		countdown.run(0);
		this.clock.advance(Duration.ofMinutes(30));
		countdown.run(0);
		this.clock.advance(Duration.ofMinutes(45));

		assertThat(digest.run()).isEqualTo("In the last hour: countdown {COMPLETED=1}.");
		this.clock.advance(Duration.ofHours(1));
		assertThat(digest.run()).isEqualTo("Nothing has run in the last hour.");
	}

	@Test
	void countdownTellsWhatIsLeft(@Autowired CountdownWorkflow countdown) throws InterruptedException {
		assertThat(countdown.run(1)).isEqualTo("Done after 1 seconds.");
		assertThat(this.runs.last()).completed().hasEvents("left_ms", "left_ms", "left_ms", "left_ms", "left_ms");
	}

	@Test
	void refundIsPaidOnceItIsAssessed(@Autowired RefundWorkflow refund) {
		this.agents.agent("assessor").replies("It may.");
		this.agents.agent("writer").replies("Dear customer");
		given(this.ledger.apply(anyString(), eq("charge"), anyString(), eq(0))).willReturn("c-1");
		RunResponse response = refund.run("A-17", 1250, "broken", false, null, null);
		assertThat(response).completed()
			.hasContent(new RefundWorkflow.Refund("A-17", "It may.", "Dear customer", "c-1", true, 1));
		assertThat(this.runs.last()).hasInput("cents", 1250).hasStateEntry("refunds", 1);
		String key = response.runId() + ":notify";
		then(this.ledger).should().apply(response.runId(), "notify", key, 0);
		this.agents.verifyComplete();
	}

	@Test
	void unpaidRefundIsNotCounted(@Autowired RefundWorkflow refund) {
		this.agents.agent("assessor").replies("It may.");
		this.agents.agent("writer").replies("Dear customer");
		given(this.ledger.apply(anyString(), eq("charge"), anyString(), eq(0)))
			.willThrow(new IllegalStateException("declined"));
		assertThatIllegalStateException().isThrownBy(() -> refund.run("A-17", 1250, "broken", false, null, null))
			.withMessage("declined");
		assertThat(this.runs.last()).failedWith(IllegalStateException.class);
		assertThat(this.runs.last().session()).hasNoStateEntry("refunds");
	}

	@Test
	void counterCountsAsTimeGoesBy(@Autowired CounterWorkflow counter) {
		counter.run("c1");
		this.clock.advance(Duration.ofHours(1));
		counter.run("c1");
		assertThat(this.runs.last()).hasContent(2);
		assertThat(this.runs.last().run().createdAt()).isEqualTo(SettableClock.START.plus(Duration.ofHours(1)));
	}

}
