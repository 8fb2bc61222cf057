package buddy.web;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import buddy.event.EventPosition;
import buddy.event.MapRunEventStore;
import buddy.event.RecordingOptions;
import buddy.event.RunEventRecorder;
import buddy.event.RunEventStore;
import buddy.event.RunEventStreams;
import buddy.event.RunHead;
import buddy.event.StoredEvent;
import buddy.session.RunPage;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.web.ToldWorkflows.LoudWorkflow;
import buddy.workflow.WorkflowScope;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is held of a large stream whose client takes nothing, or little.
 */
class EventStreamWriterTests {

	private static final int EVENTS = 3000;

	private static final int SIZE = 5000;

	/** What is written at once, and an event over. */
	private static final int PIECE = 32 * 1024 + 2 * SIZE;

	private final MapWorkflowSessionRepository runs = new MapWorkflowSessionRepository();

	private final CountingStore store = new CountingStore(new MapRunEventStore(this.runs));

	private final RunEventStreams streams = new RunEventStreams(this.store, () -> this.runs, Duration.ofMillis(20));

	private final List<String> lost = new ArrayList<>();

	@AfterEach
	void close() {
		this.streams.close();
	}

	@Test
	void clientThatTakesNothingIsReadNothingFor() {
		Client client = new Client();
		EventStreamWriter writer = writer(client);
		for (int i = 0; i < 100; i++) {
			writer.write();
		}
		assertThat(this.store.read).hasValue(0);
		assertThat(client.written).isEmpty();
	}

	@Test
	void noMoreThanAPieceIsReadAheadOfTheClient() {
		Client client = new Client();
		EventStreamWriter writer = writer(client);
		int taken = 0;
		for (int room = 1; room <= 50; room++) {
			client.room = 1;
			writer.onWritePossible();
			writer.write(); // a heartbeat or a new event comes in between
			assertThat(client.written).hasSize(room);
			// the first event comes alone, and how large the others are is seen then
			assertThat(client.written.get(room - 1)).isLessThan((room <= 2) ? 16 * 2 * SIZE : PIECE);
			int events = this.store.read.get() - taken;
			taken += events;
			assertThat(events).isLessThanOrEqualTo(16);
		}
		assertThat(taken).isLessThan(EVENTS / 2);
		client.room = Integer.MAX_VALUE;
		writer.onWritePossible();
		assertThat(this.store.read).hasValue(EVENTS);
		assertThat(this.streams.openStreams()).isZero();
		assertThat(this.lost).isEmpty();
	}

	@Test
	void clientThatIsGoneIsReadNothingMoreForAndTold() {
		Client client = new Client();
		EventStreamWriter writer = writer(client);
		client.room = 1;
		writer.onWritePossible();
		int read = this.store.read.get();
		writer.onError(new IOException("gone"));
		client.room = Integer.MAX_VALUE;
		writer.onWritePossible();
		writer.onError(new IOException("gone"));
		assertThat(this.store.read).hasValue(read);
		assertThat(client.written).hasSize(1);
		assertThat(this.streams.openStreams()).isZero();
		assertThat(this.lost).containsExactly("gone");
	}

	/** Writes a run that has ended to a client. */
	private EventStreamWriter writer(Client client) {
		try (RunEventRecorder recorder = new RunEventRecorder(this.store, this.streams, RecordingOptions.DEFAULT,
				(workflow) -> true);
				WorkflowRunner runner = WorkflowRunner.over(() -> this.runs).listeners(List.of(recorder)).build()) {
			LoudWorkflow loud = Workflows.proxy(new LoudWorkflow(), runner);
			WorkflowScope.session("s").run(() -> loud.run(EVENTS, SIZE));
		}
		String run = this.runs.runs("s", RunPage.first(1)).get(0).runId();
		MockHttpServletRequest request = new MockHttpServletRequest();
		return new EventStreamWriter(new MockAsyncContext(request, new MockHttpServletResponse()), client,
				this.streams.open(run, null), Duration.ofSeconds(10), () -> this.lost.add("gone"));
	}

	/** Takes as many pieces as there is room for. */
	private static final class Client extends ServletOutputStream {

		private final List<Integer> written = new ArrayList<>();

		private int room;

		@Override
		public boolean isReady() {
			return this.room > 0;
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void write(int b) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			assertThat(this.room).isPositive();
			this.room--;
			this.written.add(length);
		}

	}

	/** Counts the events that were read. */
	private record CountingStore(RunEventStore store, AtomicInteger read) implements RunEventStore {

		CountingStore(RunEventStore store) {
			this(store, new AtomicInteger());
		}

		@Override
		public Set<String> append(List<StoredEvent> events) {
			return this.store.append(events);
		}

		@Override
		public List<StoredEvent> read(String runId, EventPosition after, int limit) {
			List<StoredEvent> found = this.store.read(runId, after, limit);
			this.read.addAndGet(found.size());
			return found;
		}

		@Override
		public List<RunHead> heads(Collection<String> runIds) {
			return this.store.heads(runIds);
		}

		@Override
		public int deleteOfRunsEndedBefore(long endedBefore, int runs) {
			return this.store.deleteOfRunsEndedBefore(endedBefore, runs);
		}

	}

}
