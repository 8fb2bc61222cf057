package buddy.test.slice;

import java.time.Duration;
import java.util.Map;

import javax.sql.DataSource;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.session.WorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;
import buddy.test.RecordedRuns;
import buddy.test.ScriptedAgents;
import buddy.test.SettableClock;
import buddy.test.WorkflowTest;
import buddy.test.slice.SliceApplication.City;
import buddy.test.slice.SliceApplication.CountWorkflow;
import buddy.test.slice.SliceApplication.FailingWorkflow;
import buddy.test.slice.SliceApplication.StreamWorkflow;
import buddy.test.slice.SliceApplication.SupportWorkflow;
import buddy.test.slice.SliceApplication.TypedWorkflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * The slice, its scripts, its clock and its assertions, as an application uses them.
 */
@WorkflowTest
class WorkflowTestTests {

	@Autowired
	private ApplicationContext context;

	@Autowired
	private RecordedRuns runs;

	@Autowired
	private ScriptedAgents agents;

	@Autowired
	private SettableClock clock;

	@Autowired
	private WorkflowSessions sessions;

	@Autowired
	private CountWorkflow count;

	@Autowired
	private FailingWorkflow failing;

	@Autowired
	private SupportWorkflow support;

	@Autowired
	private StreamWorkflow stream;

	@Autowired
	private TypedWorkflow typed;

	@Test
	void sliceHasWorkflowsAndNothingAroundThem() {
		assertThat(this.context.getBean(WorkflowSessionRepository.class))
			.isInstanceOf(MapWorkflowSessionRepository.class);
		assertThat(this.context.getBeanProvider(DataSource.class).stream()).isEmpty();
		assertThat(this.context.getBeanProvider(ChatModel.class).stream()).isEmpty();
		assertThat(this.context.getBeanProvider(ServerStarter.class).stream()).isEmpty();
		assertThat(this.context.containsBean("somethingOfTheApplication")).isFalse();
	}

	@RepeatedTest(2)
	void everyTestBeginsAnew() {
		assertThat(this.runs.all()).isEmpty();
		assertThat(this.clock.instant()).isEqualTo(SettableClock.START);
		assertThat(this.count.run("s1", 2)).isEqualTo(2);
		this.agents.agent("router").replies("left over");
		this.clock.advance(Duration.ofDays(1));
	}

	@Test
	void recordedRunIsAsserted() {
		WorkflowScope.ofUser("ada").run(() -> this.count.run("s1", 2));
		this.clock.advance(Duration.ofMinutes(5));
		WorkflowScope.ofUser("ada").run(() -> this.count.run("s1", 3));
		assertThat(this.runs.last()).completed()
			.hasContent(5)
			.hasInput("by", 3)
			.hasUser("ada")
			.hasSession("s1")
			.hasStateEntry("count", 5)
			.hasEvents("WorkflowStarted", "counted", "WorkflowCompleted");
		assertThat(this.runs.last().run().createdAt()).isEqualTo(SettableClock.START.plus(Duration.ofMinutes(5)));
		assertThat(this.sessions.asUser("ada").exportSession("s1")).hasRuns(2)
			.hasStateEntry("count", 5)
			.hasNoStateEntry("other");
	}

	@Test
	void failedAssertionsTellWhatIsThere() {
		this.count.run("s1", 2);
		assertThatIllegalStateException().isThrownBy(this.failing::run);
		assertThat(this.runs.last()).failedWith(IllegalStateException.class);
		assertFails(() -> assertThat(this.runs.last()).completed(), "ERROR", "no luck");
		assertFails(() -> assertThat(this.runs.last()).failedWith(NullPointerException.class), "NullPointerException",
				"IllegalStateException");
		assertFails(() -> assertThat(this.runs.all().get(0)).hasContent(3), "3", "2");
		assertFails(() -> assertThat(this.runs.all().get(0)).hasContent("2"), "\"2\"");
		assertFails(() -> assertThat(this.runs.all().get(0)).hasStateEntry("count", 7), "count", "7", "2");
		assertFails(() -> assertThat(this.runs.all().get(0)).hasStateEntry("absent", null), "absent");
		assertFails(() -> assertThat(this.runs.all().get(0)).hasInput("by", 7), "by", "7");
		assertFails(() -> assertThat(this.runs.all().get(0)).hasSession("s2"), "s2", "s1");
		assertFails(() -> assertThat(this.runs.all().get(0)).hasUser("ada"), "ada");
		assertFails(() -> assertThat(this.runs.all().get(0)).hasEvents("WorkflowCompleted", "counted"), "counted");
		assertFails(() -> assertThat(this.runs.all().get(0)).cancelled(), "CANCELLED", "COMPLETED");
		assertFails(() -> this.runs.find("nothing"), "nothing");
		assertFails(() -> this.runs.of(RunResponse.of("x")), "run_id");
	}

	@Test
	void agentsAnswerByTheirOwnScripts() {
		this.agents.agent("router").replies("billing");
		this.agents.agent("billing").callsTool("invoice", Map.of("number", 7)).replies("Invoice 7 is paid.");
		RunResponse response = this.support.run("Is 7 paid?");
		assertThat(response).completed().hasContent("Invoice 7 is paid.");
		assertThat(this.runs.of(response)).hasInput("question", "Is 7 paid?").hasContentContaining("paid");
		assertThat(this.agents.agent("router").questions()).containsExactly("Is 7 paid?");
		assertThat(this.agents.agent("billing").prompts()).hasSize(2);
		assertThat(response.tools()).singleElement()
			.satisfies((tool) -> assertThat(tool.result()).contains("\"paid\":true"));
		this.agents.verifyComplete();
	}

	@Test
	void anyAgentAnswersWhoHasNoScript() {
		this.agents.anyAgent().replies("other");
		assertThat(this.support.run("Hello?")).hasContent("other");
	}

	@Test
	void exhaustedScriptSaysWhoAskedWhat() {
		this.agents.agent("router").replies("billing");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.support.run("Is 7 paid?"))
			.withMessageContaining("'billing'")
			.withMessageContaining("Is 7 paid?")
			.withMessageContaining("replies");
	}

	@Test
	void unusedAnswersAreReported() {
		this.agents.agent("router").replies("one").replies("two");
		this.support.run("q");
		assertFails(this.agents::verifyComplete, "router", "q", "1 answers");
	}

	@Test
	void answersAreStreamed() {
		this.agents.agent("speaker").streams("It ", "works");
		assertThat(this.stream.run("?")
			.ofType(RunResponseEvent.RunResponseContent.class)
			.map((event) -> event.content())
			.collectList()
			.block()).hasToString("[It , works]");
		assertThat(this.runs.last()).completed().hasContent("It works").hasEvents("RunStarted", "RunCompleted");
	}

	@Test
	void streamedFailureIsTheRunsFailure() {
		this.agents.agent("speaker").fails(new IllegalStateException("model down"));
		assertThatIllegalStateException().isThrownBy(() -> this.stream.run("?").blockLast());
		assertThat(this.runs.last()).failedWith(IllegalStateException.class);
	}

	@Test
	void objectIsSaidAsItsJson() {
		this.agents.agent("geographer").replies(new City("Oslo"));
		assertThat(this.typed.run()).containsExactly("Oslo");
	}

	@Test
	void answerIsMadeOfTheQuestion() {
		this.agents.agent("router").repliesWith((question) -> "You asked: " + question);
		assertThat(this.support.run("Why?")).hasContent("You asked: Why?");
	}

	private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable assertion, String... words) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion)
			.satisfies((error) -> assertThat(error.getMessage()).contains(words));
	}

}
