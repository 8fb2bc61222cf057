package buddy.workflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.run.RunResponseEvent;
import buddy.workflow.WorkflowRunner.Body;

/**
 * {@code Iterator} and {@code Stream} of anything, {@code Iterable} and arrays of events:
 * the body is called at the first pull, and the run ends when the items do.
 */
final class PullAdapter implements ResultAdapter {

	@Override
	public boolean supports(ResolvableType returnType) {
		Class<?> type = returnType.toClass();
		return type == Stream.class || type == Iterator.class || (type == Iterable.class && ofEvents(returnType))
				|| (type.isArray() && RunResponseEvent.class.isAssignableFrom(type.getComponentType()));
	}

	@Override
	public @Nullable Object adapt(RunStarter starter, Body body, ResolvableType returnType) throws Throwable {
		Class<?> type = returnType.toClass();
		if (type.isArray()) {
			return array(starter, body, returnType);
		}
		boolean lifecycle = ofEvents(returnType);
		if (type == Iterable.class) {
			return (Iterable<@Nullable Object>) () -> new PulledRun(starter, body, lifecycle);
		}
		PulledRun items = new PulledRun(starter, body, lifecycle);
		return (type == Iterator.class) ? items : stream(items);
	}

	private static Stream<@Nullable Object> stream(PulledRun items) {
		Spliterator<@Nullable Object> spliterator = Spliterators.spliteratorUnknownSize(items, Spliterator.ORDERED);
		return StreamSupport.stream(spliterator, false).onClose(items::close);
	}

	/** An array cannot be deferred, and takes no events that its component type lacks. */
	private static @Nullable Object array(RunStarter starter, Body body, ResolvableType returnType) throws Throwable {
		PulledRun items = new PulledRun(starter, body, false);
		List<Object> pulled = new ArrayList<>();
		items.forEachRemaining(pulled::add);
		Object[] array = (Object[]) java.lang.reflect.Array.newInstance(returnType.toClass().getComponentType(), 0);
		return pulled.toArray(array);
	}

	static boolean ofEvents(ResolvableType returnType) {
		return returnType.getGeneric(0).toClass() == RunResponseEvent.class;
	}

	/** Returns the items of what a body of one of these shapes returned. */
	@SuppressWarnings("unchecked") // the elements are passed on as they are
	static Iterator<@Nullable Object> iterator(@Nullable Object source) {
		if (source instanceof Stream<?> stream) {
			return (Iterator<@Nullable Object>) stream.sequential().iterator();
		}
		if (source instanceof Iterable<?> iterable) {
			return (Iterator<@Nullable Object>) iterable.iterator();
		}
		if (source instanceof Object[] array) {
			return Arrays.<@Nullable Object>asList(array).iterator();
		}
		if (source == null) {
			return List.<@Nullable Object>of().iterator();
		}
		return (Iterator<@Nullable Object>) source;
	}

}
