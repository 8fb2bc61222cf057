package buddy.durable;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Digests;
import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * Digests of what steps work on. Equal values have equal digests: the members of objects
 * are sorted, and numbers have no trailing zeros.
 */
final class InputDigest {

	private InputDigest() {
	}

	static String of(@Nullable Object[] values) {
		return Digests
			.of(Json.write(normal(Json.readPlain(StorableJson.requireTelling("The input of a step", values)))));
	}

	private static @Nullable Object normal(@Nullable Object plain) {
		if (plain instanceof Map<?, ?> map) {
			Map<String, @Nullable Object> sorted = new TreeMap<>();
			map.forEach((key, value) -> sorted.put(String.valueOf(key), normal(value)));
			return sorted;
		}
		if (plain instanceof List<?> list) {
			return list.stream().map(InputDigest::normal).toList();
		}
		return (plain instanceof Number number) ? new BigDecimal(number.toString()).stripTrailingZeros() : plain;
	}

}
