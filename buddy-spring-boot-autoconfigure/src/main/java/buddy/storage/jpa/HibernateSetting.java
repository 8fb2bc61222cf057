package buddy.storage.jpa;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;

/**
 * Resolves a Hibernate setting that may be an instance, a class or a class name.
 */
final class HibernateSetting {

	private HibernateSetting() {
	}

	static <T> @Nullable T instance(Class<T> type, @Nullable Object value) {
		if (value == null || type.isInstance(value)) {
			return type.cast(value);
		}
		Class<?> named = (value instanceof Class<?> already) ? already
				: ClassUtils.resolveClassName(value.toString(), null);
		return type.cast(BeanUtils.instantiateClass(named));
	}

}
