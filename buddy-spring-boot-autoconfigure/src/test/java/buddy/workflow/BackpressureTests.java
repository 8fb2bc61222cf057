package buddy.workflow;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.workflow.internal.execution.StreamBuffer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A caller that takes slowly bounds what its run makes and keeps.
 */
class BackpressureTests {

	private static final int MILLIONS = 5_000_000;

	private final Recorded recorded = new Recorded();

	private final Events events = this.recorded.proxy(new Events());

	private final AtomicInteger produced = new AtomicInteger();

	@Test
	void sourceOfMillionsMakesNoMoreThanIsAskedFor() {
		AtomicLong asked = new AtomicLong();
		Taking taking = new Taking(10);
		this.events.run("s", () -> endless().doOnRequest(asked::addAndGet)).subscribe(taking);
		Awaitility.await().until(() -> taking.taken.size() == 10);
		taking.request(5);
		Awaitility.await().until(() -> taking.taken.size() == 15);
		// the first one taken is WorkflowStarted
		assertThat(this.produced).hasValue(14);
		assertThat(asked).hasValue(14);
		taking.cancel();
		assertThat(this.recorded.endedRun("s").status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.produced).hasValue(14);
	}

	@Test
	void sourceThatIsAheadOnAnotherThreadIsBoundedToo() {
		Taking taking = new Taking(10);
		this.events.run("s", () -> endless().publishOn(Schedulers.parallel(), 32)).subscribe(taking);
		Awaitility.await().until(() -> taking.taken.size() == 10);
		taking.cancel();
		assertThat(this.recorded.endedRun("s").status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.produced.get()).isLessThanOrEqualTo(10 + 2 * 32);
	}

	@Test
	void pulledSourceMakesWhatIsPulledEvenInParallel() {
		Streams streams = this.recorded.proxy(new Streams());
		Supplier<Stream<Integer>> source = () -> Stream.iterate(0, (i) -> i + 1)
			.peek((i) -> this.produced.incrementAndGet());
		try (Stream<Integer> stream = streams.run("s", source)) {
			assertThat(stream.limit(10).toList()).hasSize(10);
		}
		assertThat(this.produced.get()).isLessThanOrEqualTo(11);
		try (Stream<Integer> stream = streams.run("s2", source)) {
			assertThat(stream.parallel().limit(10).toList()).hasSize(10);
		}
		assertThat(this.produced.get()).isLessThanOrEqualTo(22);
	}

	@Test
	void itemsThatARunDoesNotHandOutAreMadeUpFor() {
		Taking taking = new Taking(4);
		this.events
			.run("s",
					() -> endless().flatMapIterable(
							(event) -> List.of(new RunResponseEvent.WorkflowStarted(event.header()), event), 1))
			.subscribe(taking);
		Awaitility.await().until(() -> taking.taken.size() == 4);
		assertThat(taking.taken).extracting(RunResponseEvent::event)
			.containsExactly("WorkflowStarted", "RunResponseContent", "RunResponseContent", "RunResponseContent");
		taking.cancel();
	}

	@Test
	void floodOfEmittedEventsIsCutForTheCallerAndToldToTheListeners() {
		int flood = StreamBuffer.MAX_EMITTED + 200;
		Taking taking = new Taking(1);
		this.events.run("s", () -> {
			flood(flood);
			return Flux.just(RunResponseEvent.content("a"));
		}).subscribe(taking);
		Awaitility.await().until(() -> this.recorded.events.size() == flood + 1);
		taking.request(Long.MAX_VALUE);
		assertThat(this.recorded.endedRun("s").response().extraData()).containsEntry("dropped_events",
				flood - StreamBuffer.MAX_EMITTED);
		Awaitility.await().until(() -> taking.taken.size() == StreamBuffer.MAX_EMITTED + 3);
		assertThat(taking.taken.get(1).toMap()).containsEntry("content", 0);
	}

	@Test
	void floodBeforeTheFirstPullIsCutLikewise() {
		int flood = StreamBuffer.MAX_EMITTED + 7;
		EventStreams streams = this.recorded.proxy(new EventStreams());
		Iterator<RunResponseEvent> pulled = streams.run("s", () -> {
			streams.flood(flood);
			return Stream.of(RunResponseEvent.content("a"));
		}).iterator();
		assertThat(pulled).toIterable().hasSize(StreamBuffer.MAX_EMITTED + 3);
		assertThat(this.recorded.onlyRun("s").response().extraData()).containsEntry("dropped_events", 7);
		assertThat(this.recorded.events).hasSize(flood + 3);
	}

	@Test
	void callerThatKeepsUpMissesNothing() {
		int flood = StreamBuffer.MAX_EMITTED + 200;
		Taking taking = new Taking(Long.MAX_VALUE);
		this.events.run("s", () -> {
			flood(flood);
			return Flux.empty();
		}).subscribe(taking);
		assertThat(this.recorded.endedRun("s").response().extraData()).isNullOrEmpty();
		Awaitility.await().until(() -> taking.taken.size() == flood + 2);
	}

	private Flux<RunResponseEvent> endless() {
		return Flux.range(0, MILLIONS)
			.doOnNext((i) -> this.produced.incrementAndGet())
			.map((i) -> RunResponseEvent.content(i + " "));
	}

	private void flood(int count) {
		for (int i = 0; i < count; i++) {
			this.events.tell(RunResponseEvent.custom("progress", i));
		}
	}

	private static final class Taking extends BaseSubscriber<RunResponseEvent> {

		private final List<RunResponseEvent> taken = new CopyOnWriteArrayList<>();

		private final long first;

		Taking(long first) {
			this.first = first;
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			subscription.request(this.first);
		}

		@Override
		protected void hookOnNext(RunResponseEvent event) {
			this.taken.add(event);
		}

	}

	static class Events extends Workflow {

		Flux<RunResponseEvent> run(@SessionId String sessionId, Supplier<Flux<RunResponseEvent>> body) {
			return body.get();
		}

		void tell(RunResponseEvent event) {
			emit(event);
		}

	}

	static class Streams extends Workflow {

		Stream<Integer> run(@SessionId String sessionId, Supplier<Stream<Integer>> body) {
			return body.get();
		}

	}

	static class EventStreams extends Workflow {

		Stream<RunResponseEvent> run(@SessionId String sessionId, Supplier<Stream<RunResponseEvent>> body) {
			return body.get();
		}

		void flood(int count) {
			for (int i = 0; i < count; i++) {
				emit(RunResponseEvent.custom("progress", i));
			}
		}

	}

}
