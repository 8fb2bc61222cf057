package buddy.run;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Propagates the run of a thread to other threads. Loaded as a service where
 * {@code io.micrometer:context-propagation} is present.
 */
public final class RunContextThreadLocalAccessor implements ThreadLocalAccessor<RunContext> {

	@Override
	public Object key() {
		return RunContextHolder.KEY;
	}

	@Override
	public @Nullable RunContext getValue() {
		return RunContextHolder.current();
	}

	@Override
	public void setValue(RunContext value) {
		RunContextHolder.setRun(value);
	}

	@Override
	public void setValue() {
		RunContextHolder.setRun(null);
	}

}
