package buddy.run;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Derives the {@code content_type} of a content, by the names of the Python framework.
 */
final class ContentType {

	private ContentType() {
	}

	static @Nullable String of(@Nullable Object content) {
		if (content == null) {
			return null;
		}
		if (content instanceof CharSequence) {
			return "str";
		}
		if (content instanceof Map) {
			return "dict";
		}
		if (content instanceof Collection || content.getClass().isArray()) {
			return "list";
		}
		if (content instanceof Boolean) {
			return "bool";
		}
		if (content instanceof Number number) {
			return (number instanceof Double || number instanceof Float || number instanceof java.math.BigDecimal)
					? "float" : "int";
		}
		return content.getClass().getSimpleName();
	}

}
