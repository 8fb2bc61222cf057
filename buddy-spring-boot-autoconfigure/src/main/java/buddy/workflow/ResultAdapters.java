package buddy.workflow;

import java.util.ArrayList;
import java.util.List;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * The shapes that {@code run()} may return, the first that fits first.
 */
final class ResultAdapters {

	static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			ResultAdapters.class.getClassLoader());

	private static final List<ResultAdapter> ADAPTERS = adapters();

	private ResultAdapters() {
	}

	static ResultAdapter find(ResolvableType returnType) {
		return ADAPTERS.stream()
			.filter((adapter) -> adapter.supports(returnType))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("The adapter for plain values supports every type"));
	}

	/** Tells whether the type is one of a reactive library that can be adapted. */
	static boolean isReactive(ResolvableType returnType) {
		return REACTOR_PRESENT && find(returnType) instanceof ReactiveResultAdapter;
	}

	private static List<ResultAdapter> adapters() {
		List<ResultAdapter> adapters = new ArrayList<>();
		adapters.add(new StageAdapter());
		adapters.add(new PullAdapter());
		if (REACTOR_PRESENT) {
			adapters.add(new ReactiveResultAdapter());
		}
		adapters.add(new ValueAdapter());
		return List.copyOf(adapters);
	}

}
