package buddy.workflow;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.BaseSubscriber;

import buddy.run.RunContext;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.workflow.internal.execution.RunExecution;
import buddy.workflow.internal.live.PulledStream;

/**
 * What the caller of a run does with what it got, and what comes of that.
 */
class Reading {

	final List<Object> items = new CopyOnWriteArrayList<>();

	volatile Throwable failure;

	/** How often the caller was called within the run's context. */
	volatile int insideOfTheRun;

	private final Ending ending;

	private final Script script;

	Reading(Ending ending, Script script) {
		this.ending = ending;
		this.script = script;
	}

	/** Reads until the run has ended, as far as the caller can see. */
	void read(Object result, boolean parallel) throws Exception {
		ReactiveAdapter adapter = (result != null)
				? ReactiveAdapterRegistry.getSharedInstance().getAdapter(result.getClass()) : null;
		if (result instanceof CompletionStage<?> stage) {
			future(stage);
		}
		else if (result instanceof Stream<?> stream) {
			stream(parallel ? stream.parallel() : stream, parallel);
		}
		else if (result instanceof Iterator<?> iterator) {
			pulled(iterator, (AutoCloseable) iterator);
		}
		else if (result instanceof Object[] array) {
			this.items.addAll(List.of(array));
		}
		else if (adapter != null) {
			published(adapter.toPublisher(result));
		}
		else if (result instanceof Iterable<?> iterable && !(result instanceof List<?>)) {
			Iterator<?> iterator = iterable.iterator();
			pulled(iterator, (AutoCloseable) iterator);
		}
		else if (result != null) {
			take(result);
		}
	}

	private void stream(Stream<?> stream, boolean parallel) throws Exception {
		if (!parallel) {
			pulled(stream.iterator(), stream);
		}
		else if (this.ending == Ending.LEFT_BY_THE_CALLER || this.ending == Ending.ABANDONED) {
			stream.limit(2).forEachOrdered(this::take);
			leave(stream);
		}
		else {
			stream.forEachOrdered(this::take);
		}
	}

	private void pulled(Iterator<?> iterator, AutoCloseable closeable) throws Exception {
		boolean leaves = this.ending == Ending.LEFT_BY_THE_CALLER || this.ending == Ending.ABANDONED;
		while (!(leaves && content() == 2) && iterator.hasNext()) {
			take(iterator.next());
		}
		if (leaves) {
			leave(closeable);
			while (iterator.hasNext()) {
				take(iterator.next());
			}
		}
	}

	private void leave(AutoCloseable closeable) throws Exception {
		if (this.ending == Ending.LEFT_BY_THE_CALLER) {
			closeable.close();
		}
		else {
			PulledStream pulled = ((RunExecution) this.script.run()).live().pulled();
			if (!pulled.idleFor(0) || pulled.idleFor(Long.MAX_VALUE)) {
				throw new AssertionError("Nobody pulls, for less than ever");
			}
			Thread sweeper = new Thread(() -> pulled.abandon(this.ending.reason()));
			sweeper.start();
			sweeper.join(20_000);
		}
	}

	private void future(CompletionStage<?> stage) throws Exception {
		try {
			if (this.ending == Ending.LEFT_BY_THE_CALLER) {
				stage.toCompletableFuture().cancel(true);
			}
			Object value = stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
			take((value != null) ? value : "");
		}
		catch (ExecutionException ex) {
			this.failure = ex.getCause();
		}
		catch (CancellationException ex) {
			if (this.ending != Ending.LEFT_BY_THE_CALLER) {
				this.failure = ex;
			}
		}
	}

	private void published(Publisher<?> publisher) throws Exception {
		CountDownLatch over = new CountDownLatch(1);
		BaseSubscriber<Object> subscriber = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.request(1);
			}

			@Override
			protected void hookOnNext(Object item) {
				take(item);
				request(1);
			}

			@Override
			protected void hookOnError(Throwable ex) {
				see();
				Reading.this.failure = ex;
				over.countDown();
			}

			@Override
			protected void hookOnComplete() {
				see();
				over.countDown();
			}

		};
		publisher.subscribe(subscriber);
		if (this.ending == Ending.LEFT_BY_THE_CALLER) {
			if (!this.script.reached.await(20, TimeUnit.SECONDS)) {
				throw new AssertionError("The body is not where the caller leaves it");
			}
			subscriber.cancel();
		}
		else if (!over.await(20, TimeUnit.SECONDS)) {
			throw new AssertionError("The publisher never ended");
		}
	}

	private void take(Object item) {
		see();
		this.items.add((item instanceof RunResponse response) ? String.valueOf(response.content()) : item);
	}

	private void see() {
		if (RunContext.current() != null) {
			this.insideOfTheRun++;
		}
	}

	private long content() {
		return this.items.stream()
			.filter((item) -> !(item instanceof RunResponseEvent)
					|| item instanceof RunResponseEvent.RunResponseContent)
			.count();
	}

}
