package buddy.workflow.internal.execution;

import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

import buddy.run.EventHeader;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.ToolCallCompleted;
import buddy.run.ToolExecution;
import buddy.workflow.Recorded;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a workflow's own logger tells of its runs, with and without the debug mode.
 */
class RunLogTests {

	private final Recorded recorded = new Recorded();

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final Logger loud = logger("loud");

	private final Logger quiet = logger("quiet");

	@BeforeEach
	void listen() {
		this.lines.start();
		this.loud.addAppender(this.lines);
		this.quiet.addAppender(this.lines);
	}

	@AfterEach
	void stop() {
		this.loud.detachAppender(this.lines);
		this.quiet.detachAppender(this.lines);
		this.quiet.setLevel(null);
		this.loud.setLevel(null);
	}

	@Test
	void debugModeTellsTheEventsOfItsWorkflowAtInfoAndChangesNoLevel() {
		this.recorded.proxy(new Telling("loud", true)).run("s").blockLast();
		this.recorded.proxy(new Telling("quiet", false)).run("s2").blockLast();

		String run = "Run '" + this.recorded.onlyRun("s").runId() + "' of workflow 'loud' in session 's': ";
		assertThat(this.lines.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly(run + "WorkflowStarted", run + "CustomEvent name='round'",
					run + "ToolCallCompleted tool='search' error='true'", run + "WorkflowCompleted");
		assertThat(this.lines.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
		assertThat(this.loud.getLevel()).isNull();
	}

	@Test
	void piecesOfTheAnswerAreToldAtDebugAndTheirTextNever() {
		this.loud.setLevel(Level.DEBUG);
		this.recorded.proxy(new Telling("loud", true)).run("s").blockLast();

		assertThat(this.lines.list).filteredOn((line) -> line.getLevel() == Level.DEBUG)
			.singleElement()
			.satisfies((line) -> assertThat(line.getFormattedMessage()).endsWith(": RunResponseContent"));
		assertThat(this.lines.list).noneMatch((line) -> line.getFormattedMessage().contains("secret"));
	}

	@Test
	void withoutDebugModeTheSameIsToldAtDebug() {
		this.quiet.setLevel(Level.DEBUG);
		this.recorded.proxy(new Telling("quiet", false)).run("s").blockLast();

		assertThat(this.lines.list).hasSize(4).allMatch((line) -> line.getLevel() == Level.DEBUG);
	}

	@Test
	void failureIsToldByItsTypeAlone() {
		catchThrowable(() -> this.recorded.proxy(new Failing()).run("s"));

		assertThat(this.lines.list).last()
			.satisfies((line) -> assertThat(line.getFormattedMessage())
				.endsWith(": WorkflowError error='java.lang.IllegalStateException'"));
	}

	private static Logger logger(String workflowId) {
		return (Logger) LoggerFactory.getLogger("buddy.workflows." + workflowId);
	}

	static class Telling extends Workflow {

		Telling(String id, boolean debugMode) {
			super(WorkflowSettings.builder().workflowId(id).debugMode(debugMode).build());
		}

		Flux<RunResponseEvent> run(@SessionId String session) {
			ToolExecution tool = new ToolExecution("t1", "search", Map.of("q", "secret"), "secret", true, Map.of());
			return Flux.fromIterable(List.of(RunResponseEvent.custom("round", "secret"),
					RunResponseEvent.content("secret"), new ToolCallCompleted(EventHeader.NONE, tool, "secret")));
		}

	}

	static class Failing extends Workflow {

		Failing() {
			super(WorkflowSettings.builder().workflowId("loud").debugMode(true).build());
		}

		String run(@SessionId String session) {
			throw new IllegalStateException("secret");
		}

	}

}
