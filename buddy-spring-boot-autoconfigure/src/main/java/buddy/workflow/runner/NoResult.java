package buddy.workflow.runner;

import java.lang.reflect.Array;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * What a call returns that was queued: nothing, in the form that its type allows.
 */
final class NoResult {

	private NoResult() {
	}

	static @Nullable Object of(Method method) {
		Class<?> type = method.getReturnType();
		return (type.isPrimitive() && type != void.class) ? Array.get(Array.newInstance(type, 1), 0) : null;
	}

}
