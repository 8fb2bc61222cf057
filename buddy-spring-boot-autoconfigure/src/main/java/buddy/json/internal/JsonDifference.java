package buddy.json.internal;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The first difference of two JSON values. Numbers are compared by value, whatever their
 * Java type. Lists may be compared in any order, as needed for sets.
 *
 * @param path the path of the difference, such as {@code items[2].price}; empty for the
 * whole value
 * @param one the first value at the path
 * @param other the second value at the path
 */
record JsonDifference(String path, JsonNode one, JsonNode other) {

	/**
	 * The maximum length of lists to compare in any order, which takes quadratic time.
	 */
	private static final int MAX_UNORDERED = 1000;

	static @Nullable JsonDifference find(JsonNode one, JsonNode other, boolean anyOrder) {
		return find("", one, other, anyOrder);
	}

	private static @Nullable JsonDifference find(String path, JsonNode one, JsonNode other, boolean anyOrder) {
		if (one.isObject() && other.isObject()) {
			return inObject(path, one, other, anyOrder);
		}
		if (one.isArray() && other.isArray()) {
			return inArray(path, one, other, anyOrder);
		}
		boolean same = one.isNumber() && other.isNumber() ? one.decimalValue().compareTo(other.decimalValue()) == 0
				: one.equals(other);
		return same ? null : new JsonDifference(path, one, other);
	}

	private static @Nullable JsonDifference inObject(String path, JsonNode one, JsonNode other, boolean anyOrder) {
		Set<String> names = new LinkedHashSet<>(one.propertyNames());
		names.addAll(other.propertyNames());
		for (String name : names) {
			String inner = path.isEmpty() ? name : path + "." + name;
			JsonDifference difference = find(inner, one.path(name), other.path(name), anyOrder);
			if (difference != null) {
				return difference;
			}
		}
		return null;
	}

	private static @Nullable JsonDifference inArray(String path, JsonNode one, JsonNode other, boolean anyOrder) {
		if (one.size() != other.size()) {
			return new JsonDifference(path, one, other);
		}
		JsonDifference first = null;
		for (int i = 0; i < one.size() && first == null; i++) {
			first = find(path + "[" + i + "]", one.get(i), other.get(i), anyOrder);
		}
		return (first != null && anyOrder && sameItems(one, other)) ? null : first;
	}

	private static boolean sameItems(JsonNode one, JsonNode other) {
		if (one.size() > MAX_UNORDERED) {
			return false;
		}
		List<JsonNode> left = new ArrayList<>();
		other.forEach(left::add);
		for (JsonNode item : one) {
			JsonNode match = left.stream()
				.filter((candidate) -> find(item, candidate, true) == null)
				.findFirst()
				.orElse(null);
			if (match == null) {
				return false;
			}
			left.remove(match);
		}
		return true;
	}

}
