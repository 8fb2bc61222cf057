package buddy.workflow.internal.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.core.ResolvableType;
import org.springframework.util.ConcurrentReferenceHashMap;

import buddy.workflow.internal.definition.ReactiveTypes;
import buddy.workflow.internal.definition.RunMethod;

/**
 * Finds the adapter for the return type of {@code run()}; the first that supports it is
 * used.
 */
public final class ResultAdapters {

	private static final List<ResultAdapter> ADAPTERS = adapters();

	/** The adapters by return type, since the lookup takes longer than a call. */
	private static final Map<ResolvableType, ResultAdapter> KNOWN = new ConcurrentReferenceHashMap<>(16,
			ConcurrentReferenceHashMap.ReferenceType.WEAK);

	private ResultAdapters() {
	}

	public static ResultAdapter of(RunMethod method) {
		return KNOWN.computeIfAbsent(method.returnType(), ResultAdapters::find);
	}

	private static ResultAdapter find(ResolvableType returnType) {
		return ADAPTERS.stream()
			.filter((adapter) -> adapter.supports(returnType))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("The adapter for plain values supports every type"));
	}

	private static List<ResultAdapter> adapters() {
		List<ResultAdapter> adapters = new ArrayList<>();
		adapters.add(new StageAdapter());
		adapters.add(new PullAdapter());
		if (ReactiveTypes.REACTOR_PRESENT) {
			adapters.add(new ReactiveResultAdapter());
		}
		adapters.add(new ValueAdapter());
		return List.copyOf(adapters);
	}

}
