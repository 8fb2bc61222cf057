package buddy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import buddy.json.internal.Json;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

/**
 * Workflows whose events are stored in memory, and what their readers get.
 */
final class Streamed implements AutoCloseable {

	final MapWorkflowSessionRepository runs = new MapWorkflowSessionRepository();

	/** How often streams asked for the runs. */
	final AtomicInteger looksAtRuns = new AtomicInteger();

	final RunEventStore store;

	final RunEventStreams streams;

	final RunEventRecorder recorder;

	final WorkflowRunner runner;

	final Telling telling;

	Streamed() {
		this(null, Duration.ofMillis(20), RecordingOptions.DEFAULT);
	}

	Streamed(FailingStore store, Duration pollInterval, RecordingOptions options) {
		RunEventStore inMemory = new MapRunEventStore(this.runs);
		if (store != null) {
			store.over(inMemory);
		}
		this.store = (store != null) ? store : inMemory;
		this.streams = new RunEventStreams(this.store, () -> {
			this.looksAtRuns.incrementAndGet();
			return this.runs;
		}, pollInterval);
		this.recorder = new RunEventRecorder(this.store, this.streams, options,
				(workflow) -> !workflow.equals("silent"));
		this.runner = WorkflowRunner.over(() -> this.runs).listeners(List.of(this.recorder)).build();
		this.telling = Workflows.proxy(new Telling(), this.runner);
	}

	@Override
	public void close() {
		this.runner.close();
		this.recorder.close();
		this.streams.close();
	}

	/** Reads until the stream ends, woken up when there is more. */
	static List<StoredEvent> readAll(RunEventStream stream, int max) {
		List<StoredEvent> all = new ArrayList<>();
		Semaphore woken = new Semaphore(0);
		stream.follow(Duration.ofSeconds(30), woken::release);
		while (!stream.ended()) {
			List<StoredEvent> next = stream.next(max);
			all.addAll(next);
			if (next.isEmpty() && !stream.ended()) {
				woken.acquireUninterruptibly();
			}
		}
		stream.close();
		return all;
	}

	static List<String> names(List<StoredEvent> events) {
		return events.stream().map(StoredEvent::name).toList();
	}

	static List<Integer> contents(List<StoredEvent> events) {
		return events.stream()
			.filter((event) -> event.name().equals("CustomEvent"))
			.map((event) -> (Integer) Json.readMap(event.event()).get("content"))
			.toList();
	}

	/** Hands its context to the test. */
	static class Telling extends Workflow {

		String run(@SessionId String session, Consumer<RunContext> body) {
			body.accept(RunContext.current());
			return "done";
		}

		static void tell(RunContext run, int first, int last) {
			for (int i = first; i <= last; i++) {
				run.emit(RunResponseEvent.custom("n", i));
			}
		}

	}

}
