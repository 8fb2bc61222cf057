package buddy.workflow.internal.definition;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * The reactive types that Spring can adapt; none without Reactor. Futures do not count as
 * reactive types here.
 */
public final class ReactiveTypes {

	public static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			ReactiveTypes.class.getClassLoader());

	private ReactiveTypes() {
	}

	/** Returns the adapter of a declared type, or {@code null} if it is not reactive. */
	public static @Nullable ReactiveAdapter adapter(ResolvableType type) {
		Class<?> declared = type.toClass();
		if (!REACTOR_PRESENT || declared == Object.class || CompletionStage.class.isAssignableFrom(declared)) {
			return null;
		}
		return ReactiveAdapterRegistry.getSharedInstance().getAdapter(declared);
	}

}
