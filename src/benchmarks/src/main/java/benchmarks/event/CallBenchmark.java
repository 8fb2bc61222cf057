package benchmarks.event;

import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.runner.Workflows;

/**
 * The parts that take nanoseconds, by JMH: a call through the proxy with a map as its
 * store, and an event of a stream.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class CallBenchmark {

	private static final String SESSION = "calls";

	private static final int KEPT = 256;

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final WorkflowSessions sessions = new DefaultWorkflowSessions(this.store, () -> null, Clock.systemUTC());

	private final Echo echo = Workflows.proxy(new Echo(settings()), this.store);

	private final EventShape.StreamOfText texts = Workflows.proxy(new EventShape.StreamOfText(settings()), this.store);

	private int calls;

	private static WorkflowSettings settings() {
		return WorkflowSettings.builder().workflowId(SESSION).sessionId(SESSION).build();
	}

	/**
	 * Calls a workflow, recorded.
	 * @return what it says
	 */
	@Benchmark
	public String recordedCall() {
		forgetNowAndThen();
		return this.echo.run("hello");
	}

	/**
	 * Drains a stream without buddy, a time an item.
	 * @return the number of items
	 */
	@Benchmark
	@OperationsPerInvocation(EventShape.EVENTS)
	public long ownStream() {
		return EventRuns.drain(Stream.generate(() -> "word ").limit(EventShape.EVENTS));
	}

	/**
	 * Drains the same stream of a recorded run, a time an item.
	 * @return the number of items
	 */
	@Benchmark
	@OperationsPerInvocation(EventShape.EVENTS)
	public long recordedStream() {
		forgetNowAndThen();
		return EventRuns.drain(this.texts.run());
	}

	/** Else the map would fill the heap, and the collector would be measured. */
	private void forgetNowAndThen() {
		if (++this.calls % KEPT == 0) {
			this.sessions.delete(SESSION);
		}
	}

	static class Echo extends Workflow {

		Echo(WorkflowSettings settings) {
			super(settings);
		}

		String run(String text) {
			return text;
		}

	}

}
