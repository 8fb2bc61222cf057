package buddy.workflow.internal.result;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.run.RunResponse;
import buddy.workflow.internal.execution.LifecycleEvents;
import buddy.workflow.internal.execution.RunBody;
import buddy.workflow.internal.execution.RunStarter;

/**
 * Adapter for {@code Iterator} and {@code Stream} of any type, and for {@code Iterable}
 * and arrays of events. The body is called at the first pull, and the run ends after the
 * last item.
 */
final class PullAdapter implements ResultAdapter {

	@Override
	public boolean supports(ResolvableType returnType) {
		Class<?> type = returnType.toClass();
		return type == Stream.class || type == Iterator.class
				|| ((type == Iterable.class || type.isArray()) && LifecycleEvents.ofEvents(returnType));
	}

	@Override
	public @Nullable Object adapt(RunStarter starter, RunBody body, ResolvableType returnType) throws Throwable {
		Class<?> type = returnType.toClass();
		if (type.isArray()) {
			return array(starter, body, returnType);
		}
		boolean lifecycle = LifecycleEvents.admittedBy(returnType);
		if (type == Iterable.class) {
			return (Iterable<@Nullable Object>) () -> new PulledRun(starter, body, lifecycle);
		}
		PulledRun items = new PulledRun(starter, body, lifecycle);
		return (type == Iterator.class) ? items : stream(items);
	}

	@Override
	public Object replay(Supplier<RunResponse> outcome, ResolvableType returnType) {
		List<@Nullable Object> items = RecordedResult.items(outcome.get(), returnType);
		Class<?> type = returnType.toClass();
		if (type.isArray()) {
			return items.toArray((Object[]) Array.newInstance(type.getComponentType(), 0));
		}
		return (type == Iterator.class) ? items.iterator() : (type == Stream.class) ? items.stream() : items;
	}

	@Override
	public void drain(@Nullable Object result, Consumer<@Nullable Throwable> end) {
		try {
			// an array was filled before it was returned
			if (result instanceof Stream<?> || result instanceof Iterator<?> || result instanceof Iterable<?>) {
				PulledRun.iterator(result).forEachRemaining((item) -> {
				});
			}
		}
		catch (Throwable ex) {
			end.accept(ex);
			return;
		}
		end.accept(null);
	}

	private static Stream<@Nullable Object> stream(PulledRun items) {
		return StreamSupport.stream(new Items(items), false).onClose(items::close);
	}

	/**
	 * Creates an array, which cannot be deferred and has only events of its component
	 * type.
	 */
	private static @Nullable Object array(RunStarter starter, RunBody body, ResolvableType returnType) {
		PulledRun items = new PulledRun(starter, body, LifecycleEvents.admittedBy(returnType));
		List<@Nullable Object> pulled = new ArrayList<>();
		items.forEachRemaining(pulled::add);
		Object[] array = (Object[]) Array.newInstance(returnType.toClass().getComponentType(), 0);
		return pulled.toArray(array);
	}

	/**
	 * The items as the source of a stream. It never splits, so that even a parallel
	 * stream pulls no more than it consumes.
	 */
	private record Items(PulledRun run) implements Spliterator<@Nullable Object> {

		@Override
		public boolean tryAdvance(Consumer<? super @Nullable Object> action) {
			return this.run.advance(action::accept);
		}

		@Override
		public @Nullable Spliterator<@Nullable Object> trySplit() {
			return null;
		}

		@Override
		public long estimateSize() {
			return Long.MAX_VALUE;
		}

		@Override
		public int characteristics() {
			return ORDERED;
		}

	}

}
