package buddy.durable;

import java.lang.reflect.Constructor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.beans.BeanUtils;
import org.springframework.core.ExceptionDepthComparator;
import org.springframework.util.ClassUtils;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * The failure of a step as it is recorded: the name of its type and its message. No class
 * is ever loaded by that name.
 *
 * @param type the class name
 * @param message the message, or an empty text
 * @param details what else is known of it, as plain JSON values
 */
public record RecordedFailure(String type, String message, Map<String, @Nullable Object> details) {

	private static final String RETHROWN = "rethrown_as";

	/**
	 * Takes down a failure.
	 * @param failure what the step threw
	 * @return the record of it
	 */
	public static RecordedFailure of(Throwable failure) {
		String message = failure.getMessage();
		return new RecordedFailure(failure.getClass().getName(), (message != null) ? message : "", Map.of());
	}

	/**
	 * Returns the same failure with details.
	 * @param details what else is known of it, as plain JSON values
	 * @return the failure
	 */
	public RecordedFailure with(Map<String, @Nullable Object> details) {
		return new RecordedFailure(this.type, this.message, details);
	}

	/**
	 * Returns the same failure with the type as which it comes back.
	 * @param failure the failure itself
	 * @param types those that come back as what they were: the one that is closest to the
	 * failure's own class counts
	 * @return the failure
	 */
	public RecordedFailure rethrownAs(Throwable failure, List<Class<? extends Exception>> types) {
		return types.stream()
			.filter((type) -> type.isInstance(failure))
			.min(new ExceptionDepthComparator(failure))
			.map((type) -> {
				Map<String, @Nullable Object> more = new LinkedHashMap<>(this.details);
				more.put(RETHROWN, type.getName());
				return with(more);
			})
			.orElse(this);
	}

	/**
	 * Reads a failure.
	 * @param json its JSON
	 * @return the failure
	 */
	@SuppressWarnings("unchecked") // a JSON object
	public static RecordedFailure read(String json) {
		Map<String, @Nullable Object> map = Json.readMap(json);
		Map<String, @Nullable Object> details = (map.get("details") instanceof Map<?, ?> more)
				? (Map<String, @Nullable Object>) more : Map.of();
		return new RecordedFailure(String.valueOf(map.get("type")), String.valueOf(map.get("message")), details);
	}

	/**
	 * Writes the failure.
	 * @return its JSON
	 */
	public String json() {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("type", this.type);
		map.put("message", this.message);
		if (!this.details.isEmpty()) {
			map.put("details", this.details);
		}
		return StorableJson.sanitize(map).json();
	}

	/**
	 * Makes the exception that a run gets which is continued.
	 * @param step the step's key
	 * @param types those that come back as what they were
	 * @return a new exception
	 */
	public Exception rebuild(String step, List<Class<? extends Exception>> types) {
		Exception made = make(this.type, types);
		if (made == null) {
			made = make(String.valueOf(this.details.get(RETHROWN)), types);
		}
		return (made != null) ? made : new StepFailedException(step, this.type, this.message);
	}

	private @Nullable Exception make(String name, List<Class<? extends Exception>> types) {
		for (Class<? extends Exception> type : types) {
			if (type.getName().equals(name)) {
				Constructor<? extends Exception> constructor = constructor(type);
				try {
					return (constructor.getParameterCount() == 1)
							? BeanUtils.instantiateClass(constructor, this.message)
							: BeanUtils.instantiateClass(constructor);
				}
				catch (BeanInstantiationException ex) {
					return null; // it cannot be made of a message
				}
			}
		}
		return null;
	}

	static void requireRebuildable(Class<? extends Exception> type) {
		constructor(type);
	}

	private static Constructor<? extends Exception> constructor(Class<? extends Exception> type) {
		Constructor<? extends Exception> message = ClassUtils.getConstructorIfAvailable(type, String.class);
		Constructor<? extends Exception> found = (message != null) ? message
				: ClassUtils.getConstructorIfAvailable(type);
		if (found == null) {
			throw new IllegalArgumentException("'" + type.getName()
					+ "' cannot come back from a recorded step: give it a public constructor that takes a message, or none");
		}
		return found;
	}

}
