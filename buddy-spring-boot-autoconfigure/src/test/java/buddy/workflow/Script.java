package buddy.workflow;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import buddy.run.RunContext;

/**
 * What a body does in a run that ends in a certain way: the items {@code a} and
 * {@code b}, or {@code ab} as its one value, and then that end.
 */
class Script {

	final IllegalStateException boom = new IllegalStateException("boom");

	/** The body is where the run is to be stopped. */
	final CountDownLatch reached = new CountDownLatch(1);

	/** How often what the body opened was closed, cancelled or disposed of. */
	final AtomicInteger released = new AtomicInteger();

	final AtomicInteger opened = new AtomicInteger();

	final AtomicInteger outsideOfTheRun = new AtomicInteger();

	private final Ending ending;

	private volatile RunContext run;

	Script(Ending ending) {
		this.ending = ending;
	}

	RunContext run() {
		return this.run;
	}

	/** One value, made by a body that blocks. */
	String value() {
		StringBuilder text = new StringBuilder();
		items((item) -> item).forEachRemaining(text::append);
		return text.toString();
	}

	<T> Iterator<T> items(Function<String, T> item) {
		enter();
		return new Iterator<>() {

			private int index;

			@Override
			public boolean hasNext() {
				seeContext();
				if (this.index == 0 && Script.this.ending == Ending.FAILS_BEFORE_THE_FIRST_ITEM) {
					throw Script.this.boom;
				}
				return this.index < 2 || more();
			}

			@Override
			public T next() {
				return item.apply((this.index++ == 0) ? "a" : "b");
			}

		};
	}

	<T> Stream<T> stream(Function<String, T> item) {
		this.opened.incrementAndGet();
		return StreamSupport.stream(Spliterators.spliteratorUnknownSize(items(item), 0), false).onClose(() -> {
			seeContext();
			this.released.incrementAndGet();
		});
	}

	<T> List<T> list(Function<String, T> item) {
		List<T> list = new ArrayList<>();
		items(item).forEachRemaining(list::add);
		return list;
	}

	<T> Flux<T> flux(Function<String, T> item) {
		enter();
		Flux<T> items = Flux.just("a", "b").doOnNext((text) -> seeContext()).map(item);
		return switch (this.ending) {
			case NORMAL -> items;
			case FAILS_BEFORE_THE_FIRST_ITEM -> Flux.error(this.boom);
			case FAILS_AFTER_TWO_ITEMS -> items.concatWith(Flux.error(this.boom));
			default -> items.concatWith(Mono.fromFuture(hanging()).then(Mono.empty()));
		};
	}

	<T> Mono<T> mono(T value) {
		enter();
		return switch (this.ending) {
			case NORMAL -> Mono.just(value);
			case FAILS_BEFORE_THE_FIRST_ITEM -> Mono.error(this.boom);
			default -> Mono.fromFuture(hanging()).then(Mono.empty());
		};
	}

	<T> CompletableFuture<T> future(T value) {
		enter();
		return switch (this.ending) {
			case NORMAL -> CompletableFuture.completedFuture(value);
			case FAILS_BEFORE_THE_FIRST_ITEM -> CompletableFuture.failedFuture(this.boom);
			default -> {
				this.reached.countDown();
				yield this.<T>hanging().get();
			}
		};
	}

	/** Is subscribed to after the items, and only ends by being cancelled. */
	private <T> Supplier<CompletableFuture<T>> hanging() {
		this.opened.incrementAndGet();
		return () -> {
			CompletableFuture<T> future = new CompletableFuture<>();
			future.whenComplete((value, failure) -> this.released.incrementAndGet());
			this.reached.countDown();
			return future;
		};
	}

	private void enter() {
		this.run = RunContext.current();
		seeContext();
	}

	private void seeContext() {
		if (this.run == null || RunContext.current() != this.run) {
			this.outsideOfTheRun.incrementAndGet();
		}
	}

	private boolean more() {
		if (this.ending == Ending.FAILS_AFTER_TWO_ITEMS) {
			throw this.boom;
		}
		if (this.ending.stoppedFromElsewhere()) {
			CountDownLatch stopped = new CountDownLatch(1);
			this.run.cancellation().onCancel(stopped::countDown);
			this.reached.countDown();
			try {
				if (!stopped.await(20, TimeUnit.SECONDS)) {
					throw new AssertionError("Nobody stopped the run");
				}
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			this.run.cancellation().check(this.run.runId());
		}
		return this.ending != Ending.NORMAL;
	}

}
