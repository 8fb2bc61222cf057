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
import buddy.session.SessionState.MergedState;

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

	StateMerge(Map<String, @Nullable Object> base, Map<String, @Nullable Object> mine,
			Map<String, @Nullable Object> theirs, Map<String, List<StateDelta>> deltas) {
		this.base = base;
		this.mine = mine;
		this.theirs = theirs;
		this.deltas = deltas;
	}

	MergedState merge() {
		Set<String> keys = new LinkedHashSet<>(this.theirs.keySet());
		keys.addAll(this.mine.keySet());
		keys.forEach(this::merge);
		return new MergedState(Json.write(this.merged), List.copyOf(this.conflicts));
	}

	private void merge(String key) {
		if (same(key, this.mine, this.base)) {
			take(key, this.theirs);
		}
		else if (same(key, this.theirs, this.base)) {
			take(key, this.mine);
		}
		else if (replayable(key)) {
			// before equal values count as agreement: two runs that added 1 add 2
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
	 * The deltas tell the whole change only if nothing was edited in place beside them.
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
			return false; // the sum of both is too large a number
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
