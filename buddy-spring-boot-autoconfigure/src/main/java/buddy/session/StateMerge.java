package buddy.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;

/**
 * A three-way merge of session states, key by key. All three are read from JSON text, so
 * that equal values are equal objects.
 */
final class StateMerge {

	private final Map<String, @Nullable Object> base;

	private final Map<String, @Nullable Object> mine;

	private final Map<String, @Nullable Object> theirs;

	private final Map<String, List<StateDelta>> deltas;

	private final Map<String, @Nullable Object> merged = new LinkedHashMap<>();

	private final List<String> conflicts = new ArrayList<>();

	private StateMerge(Map<String, @Nullable Object> base, Map<String, @Nullable Object> mine,
			Map<String, @Nullable Object> theirs, Map<String, List<StateDelta>> deltas) {
		this.base = base;
		this.mine = mine;
		this.theirs = theirs;
		this.deltas = deltas;
	}

	static StateMerge of(Map<String, @Nullable Object> base, Map<String, @Nullable Object> mine,
			Map<String, @Nullable Object> theirs, Map<String, List<StateDelta>> deltas) {
		StateMerge merge = new StateMerge(base, mine, theirs, deltas);
		Set<String> keys = new LinkedHashSet<>(theirs.keySet());
		keys.addAll(mine.keySet());
		keys.forEach(merge::merge);
		return merge;
	}

	/** Returns the merged state as JSON. */
	String json() {
		return Json.write(this.merged);
	}

	/** Returns the keys that both sides set to different values. */
	List<String> conflicts() {
		return List.copyOf(this.conflicts);
	}

	private void merge(String key) {
		if (same(key, this.mine, this.base)) {
			take(key, this.theirs);
		}
		else if (same(key, this.theirs, this.base)) {
			take(key, this.mine);
		}
		else if (replayable(key)) {
			// checked before equality: two runs that each added 1 add 2
			this.merged.put(key, replay(key, this.theirs.get(key)));
		}
		else if (same(key, this.mine, this.theirs)) {
			take(key, this.mine);
		}
		else {
			this.conflicts.add(key);
			take(key, this.mine);
		}
	}

	/**
	 * Returns whether the deltas are the whole change, that is, nothing was edited in
	 * place as well.
	 */
	private boolean replayable(String key) {
		List<StateDelta> changes = this.deltas.getOrDefault(key, List.of());
		if (changes.isEmpty() || !changes.get(0).fits(this.theirs.get(key))
				|| !changes.get(0).fits(this.base.get(key))) {
			return false;
		}
		try {
			replay(key, this.theirs.get(key));
			return Objects.equals(Json.plain(replay(key, this.base.get(key))), this.mine.get(key));
		}
		catch (ArithmeticException ex) {
			return false; // the sum of both is too large
		}
	}

	private @Nullable Object replay(String key, @Nullable Object value) {
		Object result = value;
		for (StateDelta delta : this.deltas.getOrDefault(key, List.of())) {
			result = delta.apply(key, result);
		}
		return result;
	}

	private void take(String key, Map<String, @Nullable Object> side) {
		if (side.containsKey(key)) {
			this.merged.put(key, side.get(key));
		}
	}

	private static boolean same(String key, Map<String, @Nullable Object> one, Map<String, @Nullable Object> other) {
		return one.containsKey(key) == other.containsKey(key) && Objects.equals(one.get(key), other.get(key));
	}

}
