package buddy.run;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Propagates the scope of a thread to other threads. Loaded as a service where
 * {@code io.micrometer:context-propagation} is present.
 */
public final class ScopeThreadLocalAccessor implements ThreadLocalAccessor<Object> {

	@Override
	public Object key() {
		return RunContextHolder.SCOPE_KEY;
	}

	@Override
	public @Nullable Object getValue() {
		return RunContextHolder.scope();
	}

	@Override
	public void setValue(Object value) {
		RunContextHolder.setScope(value);
	}

	@Override
	public void setValue() {
		RunContextHolder.setScope(null);
	}

}
