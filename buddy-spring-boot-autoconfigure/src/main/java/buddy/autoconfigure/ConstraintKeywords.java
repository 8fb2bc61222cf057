package buddy.autoconfigure;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import jakarta.validation.metadata.ConstraintDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Converts Bean Validation constraints to JSON Schema keywords.
 */
final class ConstraintKeywords {

	/** Matches syntax of Java's regular expressions that JSON Schema does not support. */
	private static final Pattern JAVA_ONLY = Pattern
		.compile("\\(\\?[a-zA-Z-]*[:)]|\\(\\?>|[*+?}]\\+|\\\\[QEAZzGhHRX]|\\\\p\\{[A-Z][a-z]|\\[[^]]*(&&|\\[)");

	private static final Pattern NO_CAPTURE = Pattern.compile("\\(\\?:");

	private static final String MINIMUM = "minimum";

	private static final String MAXIMUM = "maximum";

	private ConstraintKeywords() {
	}

	static void add(Map<String, Object> schema, ConstraintDescriptor<?> constraint) {
		Map<String, Object> values = constraint.getAttributes();
		switch (constraint.getAnnotation().annotationType().getName()) {
			case "jakarta.validation.constraints.NotEmpty" -> length(schema, 1, Integer.MAX_VALUE);
			case "jakarta.validation.constraints.NotBlank" -> {
				length(schema, 1, Integer.MAX_VALUE);
				pattern(schema, "\\S");
			}
			case "jakarta.validation.constraints.Size", "org.hibernate.validator.constraints.Length" ->
				length(schema, whole(values.get("min"), 0), whole(values.get("max"), Integer.MAX_VALUE));
			case "jakarta.validation.constraints.Pattern" -> {
				String expression = String.valueOf(values.get("regexp"));
				boolean flags = values.get("flags") instanceof Object[] given && given.length > 0;
				if (!flags && !JAVA_ONLY.matcher(NO_CAPTURE.matcher(expression).replaceAll("(")).find()) {
					pattern(schema, "^(?:" + expression + ")$");
				}
			}
			case "jakarta.validation.constraints.Email" -> format(schema, "email");
			case "org.hibernate.validator.constraints.URL" -> format(schema, "uri");
			case "org.hibernate.validator.constraints.UniqueElements" -> schema.put("uniqueItems", true);
			case "jakarta.validation.constraints.AssertTrue" -> schema.put("const", true);
			case "jakarta.validation.constraints.AssertFalse" -> schema.put("const", false);
			default -> range(schema, constraint.getAnnotation().annotationType().getName(), values);
		}
	}

	private static void range(Map<String, Object> schema, String constraint, Map<String, Object> values) {
		boolean whole = "integer".equals(schema.get("type"));
		if (!whole && !"number".equals(schema.get("type"))) {
			return;
		}
		BigDecimal value = (values.get("value") != null) ? new BigDecimal(values.get("value").toString())
				: BigDecimal.ZERO;
		boolean inclusive = !Boolean.FALSE.equals(values.get("inclusive"));
		switch (constraint) {
			case "jakarta.validation.constraints.Min", "jakarta.validation.constraints.PositiveOrZero" ->
				least(schema, value, true, whole);
			case "jakarta.validation.constraints.Max", "jakarta.validation.constraints.NegativeOrZero" ->
				most(schema, value, true, whole);
			case "jakarta.validation.constraints.DecimalMin" -> least(schema, value, inclusive, whole);
			case "jakarta.validation.constraints.DecimalMax" -> most(schema, value, inclusive, whole);
			case "jakarta.validation.constraints.Positive" -> least(schema, value, false, whole);
			case "jakarta.validation.constraints.Negative" -> most(schema, value, false, whole);
			default -> {
			}
		}
	}

	private static void least(Map<String, Object> schema, BigDecimal value, boolean inclusive, boolean whole) {
		BigDecimal limit = whole ? value.setScale(0, RoundingMode.CEILING) : value;
		if (whole && !inclusive && limit.compareTo(value) == 0) {
			limit = limit.add(BigDecimal.ONE);
		}
		limit(schema, (whole || inclusive) ? MINIMUM : "exclusiveMinimum", limit, 1);
	}

	private static void most(Map<String, Object> schema, BigDecimal value, boolean inclusive, boolean whole) {
		BigDecimal limit = whole ? value.setScale(0, RoundingMode.FLOOR) : value;
		if (whole && !inclusive && limit.compareTo(value) == 0) {
			limit = limit.subtract(BigDecimal.ONE);
		}
		limit(schema, (whole || inclusive) ? MAXIMUM : "exclusiveMaximum", limit, -1);
	}

	/** Sets a limit, unless there is a narrower one. */
	private static void limit(Map<String, Object> schema, String keyword, BigDecimal limit, int direction) {
		BigDecimal known = decimal(schema.get(keyword));
		if (known == null || known.compareTo(limit) * direction < 0) {
			boolean small = limit.stripTrailingZeros().scale() <= 0;
			schema.put(keyword, small ? (Object) limit.toBigIntegerExact() : limit);
		}
	}

	private static int whole(@Nullable Object value, int otherwise) {
		return (value instanceof Number number) ? number.intValue() : otherwise;
	}

	private static @Nullable BigDecimal decimal(@Nullable Object value) {
		return (value instanceof Number number) ? new BigDecimal(number.toString()) : null;
	}

	private static void length(Map<String, Object> schema, int min, int max) {
		String of = switch (Objects.toString(schema.get("type"), "")) {
			case "string" -> "Length";
			case "array" -> "Items";
			case "object" -> "Properties";
			default -> null;
		};
		if (of == null) {
			return;
		}
		if (min > 0) {
			limit(schema, "min" + of, BigDecimal.valueOf(min), 1);
		}
		if (max < Integer.MAX_VALUE) {
			limit(schema, "max" + of, BigDecimal.valueOf(max), -1);
		}
	}

	private static void format(Map<String, Object> schema, String format) {
		if ("string".equals(schema.get("type"))) {
			schema.putIfAbsent("format", format);
		}
	}

	private static void pattern(Map<String, Object> schema, String pattern) {
		if (!"string".equals(schema.get("type"))) {
			return;
		}
		if (schema.putIfAbsent("pattern", pattern) != null) {
			List<Object> all = (schema.get("allOf") instanceof List<?> known) ? new ArrayList<>(known)
					: new ArrayList<>();
			all.add(Map.of("pattern", pattern));
			schema.put("allOf", all);
		}
	}

}
