package benchmarks.event;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;

import benchmarks.measure.Subject;

/**
 * Drains what a producer gives.
 */
record EventRuns(String name, Supplier<Object> producer, Runnable cleanUp) implements Subject {

	@Override
	public void prepare(int threads) {
		this.cleanUp.run();
	}

	@Override
	public void run(int thread) {
		long items = drain(this.producer.get());
		if (items < EventShape.EVENTS) {
			throw new IllegalStateException(items + " items came of " + EventShape.EVENTS);
		}
	}

	static long drain(Object produced) {
		LongAdder items = new LongAdder();
		if (produced instanceof Stream<?> stream) {
			stream.forEach((item) -> items.increment());
		}
		else if (produced instanceof Flux<?> flux) {
			flux.doOnNext((item) -> items.increment()).blockLast();
		}
		return items.sum();
	}

}
