package buddy.json.internal;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Converts input strictly to a type: no text for a number, no fraction for an integer,
 * and no unknown fields.
 */
public final class StrictJson {

	private StrictJson() {
	}

	/**
	 * Converts a plain value to a type.
	 * @param value the value: maps, lists, strings, numbers, booleans and null, or an
	 * instance of the type
	 * @param type the target type
	 * @return the instance; for {@code null} the type's null value
	 * @throws InputMismatchException if the value does not fit
	 */
	public static @Nullable Object convert(@Nullable Object value, Type type) {
		try {
			return InputJson.read(value, type);
		}
		catch (UnrecognizedPropertyException ex) {
			List<String> known = names(ex.getKnownPropertyIds());
			throw new InputMismatchException("is unknown; there are " + known, JsonPaths.of(ex), known, ex);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			throw new InputMismatchException("must be " + wanted(ex, type), JsonPaths.of(ex), List.of(), ex);
		}
	}

	private static List<String> names(@Nullable Collection<Object> ids) {
		return (ids != null) ? ids.stream().map(String::valueOf).sorted().toList() : List.of();
	}

	private static String wanted(Exception ex, Type type) {
		Class<?> target = (ex instanceof MismatchedInputException mismatch) ? mismatch.getTargetType() : null;
		if (target == null) {
			target = (type instanceof Class<?> plain) ? plain : InputJson.mapper().constructType(type).getRawClass();
		}
		return wanted(target);
	}

	private static String wanted(Class<?> type) {
		if (type == boolean.class || type == Boolean.class) {
			return "true or false";
		}
		if (type == float.class || type == double.class || type == Float.class || type == Double.class
				|| type == Number.class || type == java.math.BigDecimal.class) {
			return "a number (" + type.getSimpleName() + ")";
		}
		if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
			return "an integer (" + type.getSimpleName() + ")";
		}
		if (CharSequence.class.isAssignableFrom(type) || type == Character.class) {
			return "a text";
		}
		if (type.isEnum()) {
			return "one of " + Arrays.stream(type.getEnumConstants())
				.filter(Objects::nonNull)
				.map((constant) -> InputJson.mapper().convertValue(constant, String.class))
				.collect(Collectors.joining(", ", "[", "]"));
		}
		if (Collection.class.isAssignableFrom(type) || type.isArray()) {
			return "a list";
		}
		return type.getName().startsWith("java.time.") ? "a text in ISO 8601 (" + type.getSimpleName() + ")"
				: "an object (" + type.getSimpleName() + ")";
	}

}
