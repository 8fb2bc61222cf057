package buddy.workflow.internal.definition;

import java.io.Flushable;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Type;
import java.security.Principal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;

import org.springframework.core.ResolvableType;
import org.springframework.core.io.InputStreamSource;
import org.springframework.util.ClassUtils;

/**
 * Distinguishes data from types that cannot be expressed as JSON: callbacks, streams,
 * requests, connections and principals.
 */
public final class DataTypes {

	private static final List<Class<?>> NO_DATA = List.of(Principal.class, AutoCloseable.class, Flushable.class,
			Iterator.class, Flow.Publisher.class, Executor.class, Thread.class, Future.class, CompletionStage.class,
			Type.class, AnnotatedElement.class, ClassLoader.class, InputStreamSource.class);

	/** Matched by name, since the libraries may be absent. */
	private static final List<String> NO_DATA_PACKAGES = List.of("java.util.function.", "java.util.concurrent.locks.",
			"javax.sql.", "jakarta.servlet.", "jakarta.persistence.", "org.hibernate.", "org.reactivestreams.",
			"org.slf4j.", "reactor.core.", "org.springframework.beans.", "org.springframework.context.",
			"org.springframework.core.env.", "org.springframework.http.client.", "org.springframework.http.codec.",
			"org.springframework.http.server.", "org.springframework.security.", "org.springframework.ui.",
			"org.springframework.validation.", "org.springframework.web.");

	private static final String HTTP_MESSAGE = "org.springframework.http.HttpMessage";

	/** Counts as data for results only, since its body can be recorded. */
	private static final String HTTP_ENTITY = "org.springframework.http.HttpEntity";

	private static final ClassValue<Boolean> KNOWN = new ClassValue<>() {
		@Override
		protected Boolean computeValue(Class<?> type) {
			return isValue(type);
		}
	};

	private DataTypes() {
	}

	/** Returns whether values of a class are data. */
	public static boolean contains(Class<?> type) {
		return KNOWN.get(type);
	}

	/**
	 * Returns whether a parameter of a type is data, including the elements if it is a
	 * list, map or array.
	 */
	static boolean contains(ResolvableType type) {
		if (type.isArray()) {
			return contains(type.getComponentType());
		}
		return contains(type.toClass()) && !type.toClass().getName().equals(HTTP_ENTITY)
				&& Arrays.stream(type.getGenerics()).allMatch(DataTypes::contains);
	}

	private static boolean isValue(Class<?> type) {
		if (ClassUtils.isPrimitiveOrWrapper(type) || type == String.class || type == Object.class) {
			return true;
		}
		if (type.isAnnotationPresent(FunctionalInterface.class)
				|| NO_DATA.stream().anyMatch((other) -> other.isAssignableFrom(type))) {
			return false;
		}
		for (Class<?> self = type; self != null; self = self.getSuperclass()) {
			if (isNamed(self)) {
				return false;
			}
		}
		return ClassUtils.getAllInterfacesForClassAsSet(type).stream().noneMatch(DataTypes::isNamed);
	}

	private static boolean isNamed(Class<?> type) {
		return type.getName().equals(HTTP_MESSAGE)
				|| NO_DATA_PACKAGES.stream().anyMatch((name) -> type.getName().startsWith(name));
	}

}
