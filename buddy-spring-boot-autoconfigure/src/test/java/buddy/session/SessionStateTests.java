package buddy.session;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import buddy.json.UnstorableValueException;
import buddy.json.internal.Json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

class SessionStateTests {

	@Test
	void putStoresWhatTheNextRunWouldRead() {
		SessionState state = open(null);
		List<Object> list = new ArrayList<>(List.of(1));
		state.put("list", list);
		list.add(2);
		state.put("long", 5L);
		state.put("city", new City("Tokyo", 37));
		state.put("array", new int[] { 1, 2 });
		state.put("none", null);
		assertThat(state).containsExactly(entry("list", List.of(1)), entry("long", 5),
				entry("city", Map.of("name", "Tokyo", "population", 37)), entry("array", List.of(1, 2)),
				entry("none", null));
		assertThat(open(state.changed())).isEqualTo(state);
	}

	@Test
	void numbersAreTheSameInThisRunAndTheNext() {
		SessionState state = open(null);
		assertThat(state.increment("count", 1)).isEqualTo(1L);
		assertThat(state.increment("share", 0.5)).isEqualTo(0.5);
		state.increment("big", 1L << 40);
		assertThat(state.get((Object) "count")).isEqualTo(1);
		assertThat(open(state.changed())).isEqualTo(state);
	}

	@Test
	void typedReads() {
		SessionState state = open("{\"count\":1,\"city\":{\"name\":\"Tokyo\",\"population\":37}}");
		assertThat(state.get("count", Integer.class)).isEqualTo(1);
		assertThat(state.get("count", Long.class)).isEqualTo(1L);
		assertThat(state.get("city", City.class)).isEqualTo(new City("Tokyo", 37));
		assertThat(state.get("absent", City.class)).isNull();
		assertThat(state.as(Typed.class)).isEqualTo(new Typed(1, new City("Tokyo", 37)));
		assertThatIllegalArgumentException().isThrownBy(() -> state.get("city", Integer.class))
			.withMessageContaining("'city'")
			.withMessageContaining("Integer");
	}

	@Test
	void replaceWithARecordRemovesWhatItLacks() {
		SessionState state = open("{\"count\":1,\"old\":true}");
		state.replaceWith(new Typed(2, new City("Oslo", 1)));
		assertThat(state).containsOnlyKeys("count", "city");
		assertThat(state.as(Typed.class)).isEqualTo(new Typed(2, new City("Oslo", 1)));
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> state.replaceWith("text"))
			.withMessageContaining("String");
		assertThat(state).containsOnlyKeys("count", "city");
	}

	@Test
	void sameJsonIsNoChangeAndEditsInPlaceAreOne() {
		SessionState state = open("{\"a\":1,\"list\":[1],\"in\":{\"x\":1}}");
		assertThat(state.changed()).isNull();
		state.put("a", 1L);
		assertThat(state.changed()).isNull();
		state.put("b", 1);
		state.remove("b");
		assertThat(state.changed()).isNull();
		list(state, "list").add(2);
		assertThat(Json.readMap(state.changed())).containsEntry("list", List.of(1, 2));
		SessionState other = open("{\"in\":{\"x\":1}}");
		map(other, "in").put("y", 2);
		assertThat(Json.readMap(other.changed())).isEqualTo(Map.of("in", Map.of("x", 1, "y", 2)));
	}

	@Test
	void orderOfKeysIsNoChange() {
		SessionState state = open("{\"a\":1,\"b\":2}");
		state.remove("a");
		state.put("a", 1);
		assertThat(state.changed()).isNull();
	}

	@Test
	void defaultsGiveWayToTheStoredStateAndTheScopeWins() {
		Map<String, Object> defaults = Map.of("tone", "plain", "in", Map.of("x", 1));
		assertThat(SessionState.open(null, defaults, Map.of())).isEqualTo(defaults);
		assertThat(SessionState.open(null, defaults, Map.of()).changed()).isNotNull();
		assertThat(SessionState.open("{}", defaults, Map.of())).isEmpty();
		SessionState scoped = SessionState.open("{\"tone\":\"loud\",\"in\":{\"x\":1,\"y\":[1,2]}}", defaults,
				Map.of("in", Map.of("y", List.of(3), "z", 4), "new", true));
		assertThat(scoped)
			.isEqualTo(Map.of("tone", "loud", "in", Map.of("x", 1, "y", List.of(3), "z", 4), "new", true));
		assertThat(scoped.changed()).isNotNull();
	}

	@Test
	void oneRunsStateSharesNothingWithTheDefaults() {
		Map<String, Object> in = new HashMap<>(Map.of("x", 1));
		SessionState one = SessionState.open(null, Map.of("in", in), Map.of());
		map(one, "in").put("x", 2);
		assertThat(in).isEqualTo(Map.of("x", 1));
	}

	@Test
	void removalSurvivesTheMerge() {
		SessionState state = open("{\"a\":1,\"b\":1,\"c\":1}");
		state.remove("a");
		state.keySet().remove("b");
		SessionState.MergedState merged = state.mergeWith("{\"a\":1,\"b\":1,\"c\":1,\"theirs\":2}");
		assertThat(Json.readMap(merged.json())).isEqualTo(Map.of("c", 1, "theirs", 2));
		assertThat(merged.conflicts()).isEmpty();
	}

	@Test
	void whatTheOtherRunRemovedStaysRemovedUnlessThisOneChangedIt() {
		SessionState state = open("{\"a\":1,\"b\":1}");
		state.put("b", 2);
		SessionState.MergedState merged = state.mergeWith("{}");
		assertThat(Json.readMap(merged.json())).isEqualTo(Map.of("b", 2));
		assertThat(merged.conflicts()).containsExactly("b");
	}

	@Test
	void incrementsAndAppendsOfBothRunsAreKept() {
		SessionState state = open("{\"count\":1,\"list\":[1],\"share\":0.5}");
		state.increment("count", 2);
		state.increment("count", 3);
		state.append("list", 2);
		state.append("fresh", "x");
		state.increment("new", 1);
		state.increment("share", 0.25);
		SessionState.MergedState merged = state
			.mergeWith("{\"count\":11,\"list\":[1,9],\"fresh\":[\"y\"],\"new\":5,\"share\":1.0}");
		assertThat(merged.conflicts()).isEmpty();
		assertThat(Json.readMap(merged.json())).isEqualTo(Map.of("count", 16, "list", List.of(1, 9, 2), "fresh",
				List.of("y", "x"), "new", 6, "share", new BigDecimal("1.25")));
	}

	@Test
	void settingBeforeOrAfterAnIncrementIsAConflictThatTheLaterWriterWins() {
		SessionState before = open("{\"count\":1}");
		before.put("count", 5);
		before.increment("count", 1);
		assertThat(before.mergeWith("{\"count\":2}").conflicts()).containsExactly("count");
		assertThat(Json.readMap(before.mergeWith("{\"count\":2}").json())).isEqualTo(Map.of("count", 6));
		SessionState after = open("{\"count\":1}");
		after.increment("count", 1);
		after.put("count", 5);
		assertThat(after.mergeWith("{\"count\":2}").conflicts()).containsExactly("count");
		SessionState inPlace = open("{\"list\":[1]}");
		inPlace.append("list", 2);
		list(inPlace, "list").add(3);
		assertThat(inPlace.mergeWith("{\"list\":[9]}").conflicts()).containsExactly("list");
		assertThat(Json.readMap(inPlace.mergeWith("{\"list\":[9]}").json()))
			.isEqualTo(Map.of("list", List.of(1, 2, 3)));
	}

	@Test
	void bothRunsSettingTheSameValueIsNoConflict() {
		SessionState state = open("{\"a\":1}");
		state.put("a", 2);
		assertThat(state.mergeWith("{\"a\":2}").conflicts()).isEmpty();
		state.put("a", 3);
		SessionState.MergedState merged = state.mergeWith("{\"a\":2}");
		assertThat(merged.conflicts()).containsExactly("a");
		assertThat(Json.readMap(merged.json())).isEqualTo(Map.of("a", 3));
	}

	@Test
	void firstTwoRunsOfASessionMergeOverTheDefaults() {
		Map<String, Object> defaults = Map.of("count", 10, "tone", "plain");
		SessionState one = SessionState.open(null, defaults, Map.of());
		SessionState two = SessionState.open(null, defaults, Map.of());
		one.increment("count", 1);
		two.increment("count", 1);
		two.put("tone", "loud");
		SessionState.MergedState merged = two.mergeWith(one.changed());
		assertThat(Json.readMap(merged.json())).isEqualTo(Map.of("count", 12, "tone", "loud"));
		assertThat(merged.conflicts()).isEmpty();
	}

	@Test
	void deltaOnAnotherKindOfValueIsRefusedByName() {
		SessionState state = open("{\"text\":\"x\",\"count\":1,\"most\":" + Long.MAX_VALUE + "}");
		assertThatIllegalArgumentException().isThrownBy(() -> state.increment("text", 1))
			.withMessageContaining("'text'");
		assertThatIllegalArgumentException().isThrownBy(() -> state.append("count", 1))
			.withMessageContaining("'count'");
		assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> state.increment("most", 1));
		assertThat(state.changed()).isNull();
		assertThat(state.mergeWith("{\"text\":\"y\"}").conflicts()).isEmpty();
	}

	@Test
	void mergeMeetsAnotherKindOfValueWithoutFailing() {
		SessionState state = open("{\"count\":1,\"most\":1}");
		state.increment("count", 1);
		state.increment("most", 1);
		SessionState.MergedState merged = state.mergeWith("{\"count\":\"text\",\"most\":" + Long.MAX_VALUE + "}");
		assertThat(merged.conflicts()).containsExactlyInAnyOrder("count", "most");
		assertThat(Json.readMap(merged.json())).isEqualTo(Map.of("count", 2, "most", 2));
	}

	@ParameterizedTest
	@MethodSource("unstorable")
	void valueThatDoesNotSurviveJsonIsRefusedNamingTheKey(Object value) {
		SessionState state = open("{\"a\":1}");
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> state.put("the key", value))
			.withMessageContaining("'the key'");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.put("the key", Collections.singletonList(value)));
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> state.append("the key", value));
		assertThat(state).isEqualTo(Map.of("a", 1));
	}

	static List<Object> unstorable() {
		Map<String, Object> circle = new HashMap<>();
		circle.put("self", circle);
		Object deep = List.of();
		for (int i = 0; i < 31; i++) {
			deep = List.of(deep);
		}
		return List.of(new Object(), new Thread(), (Runnable) () -> {
		}, Double.NaN, Double.POSITIVE_INFINITY, Float.NaN, circle, deep, "a\u0000b", "\uD800",
				Map.of("in", Double.NaN), new WriteOnly("secret"));
	}

	@Test
	void keyThatCannotBeStoredIsRefused() {
		SessionState state = open(null);
		assertThatIllegalArgumentException().isThrownBy(() -> state.put("a\u0000", 1));
		assertThatIllegalArgumentException().isThrownBy(() -> state.put(null, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> state.increment("a\u0000", 1));
		assertThatIllegalArgumentException().isThrownBy(() -> state.increment(null, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> state.append(null, 1));
		assertThat(state).isEmpty();
	}

	@Test
	void editInPlaceThatCannotBeStoredIsFoundAtTheEnd() {
		SessionState state = open("{\"list\":[]}");
		list(state, "list").add("a\u0000");
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(state::changed)
			.withMessageContaining("'list'");
	}

	@Test
	void viewsOfTheMapWriteThrough() {
		SessionState state = open("{\"a\":1,\"b\":2,\"c\":3}");
		state.entrySet().forEach((entry) -> entry.setValue((Integer) entry.getValue() * 10));
		state.values().remove(20);
		Iterator<String> keys = state.keySet().iterator();
		keys.next();
		keys.remove();
		assertThat(state).isEqualTo(Map.of("c", 30));
		assertThat(Json.readMap(state.mergeWith("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}").json()))
			.isEqualTo(Map.of("c", 30, "d", 4));
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.entrySet().iterator().next().setValue(new Object()));
		assertThat(state).isEqualTo(Map.of("c", 30));
		state.putAll(Map.of("x", 1));
		state.merge("x", 1, (one, two) -> (Integer) one + (Integer) two);
		state.computeIfAbsent("y", (key) -> List.of());
		assertThat(state).isEqualTo(Map.of("c", 30, "x", 2, "y", List.of()));
		state.clear();
		assertThat(state).isEmpty();
		assertThat(state.changed()).isEqualTo("{}");
	}

	@Test
	void deltasOfManyThreadsAreAllKept() {
		SessionState state = open(null);
		IntStream.range(0, 2000).parallel().forEach((i) -> {
			state.increment("count", 1);
			state.append("list", i);
			state.put("key-" + i % 10, i);
		});
		assertThat(state.get("count", Integer.class)).isEqualTo(2000);
		assertThat(list(state, "list")).hasSize(2000).doesNotHaveDuplicates();
		assertThat(Json.readMap(state.mergeWith("{\"count\":5}").json())).containsEntry("count", 2005);
	}

	@Test
	void callbacksOfTheMapAreSafeUnderThreads() {
		SessionState state = open(null);
		IntStream.range(0, 500).parallel().forEach((i) -> state.merge("n", 1, (one, two) -> (Integer) one + 1));
		assertThat(state.get("n", Integer.class)).isEqualTo(500);
	}

	@Test
	void changesTellEachKeyBeforeAndAfter() {
		SessionState state = open("{\"same\":[1],\"count\":1,\"gone\":null,\"deep\":{\"a\":[1,2]}}");
		assertThat(state.changes()).isEmpty();
		state.increment("count", 2);
		state.remove("gone");
		state.put("new", null);
		((Map<String, Object>) state.get("deep")).put("b", true);
		state.put("large", "x".repeat(5000));
		assertThat(state.changes()).containsExactlyInAnyOrderEntriesOf(Map.of("count", Map.of("before", 1, "after", 3),
				"gone", Collections.singletonMap("before", null), "new", Collections.singletonMap("after", null),
				"deep", Map.of("before", Map.of("a", List.of(1, 2)), "after", Map.of("a", List.of(1, 2), "b", true)),
				"large", Map.of("after_note", "omitted: its JSON has 5002 characters")));
		IntStream.range(0, 200).forEach((i) -> state.put("key" + i, i));
		assertThat(state.changes()).hasSize(100);
	}

	@Test
	void changesAreThoseToTheDefaultsOfANewSession() {
		SessionState state = SessionState.open(null, Map.of("count", 1), Map.of("tone", "calm"));
		assertThat(state.changes()).isEqualTo(Map.of("tone", Map.of("after", "calm")));
	}

	private static SessionState open(String stored) {
		return SessionState.open(stored, Map.of(), Map.of());
	}

	@SuppressWarnings("unchecked")
	private static List<Object> list(SessionState state, String key) {
		return (List<Object>) state.get((Object) key);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(SessionState state, String key) {
		return (Map<String, Object>) state.get((Object) key);
	}

	record City(String name, int population) {
	}

	record Typed(int count, City city) {
	}

	static class WriteOnly {

		private final String secret;

		WriteOnly(String secret) {
			this.secret = secret;
		}

		public int getLength() {
			return new LinkedHashMap<>(Map.of("x", this.secret)).size();
		}

	}

	@Test
	void whatWasSetBackIsUnchanged() {
		SessionState state = SessionState.open("{\"a\": 1, \"b\": [1], \"c\": null}", Map.of(), Map.of());
		state.put("a", 2);
		assertThat(state.changed()).isEqualTo("{\"a\":2,\"b\":[1],\"c\":null}");
		state.put("a", 1L);
		state.put("b", List.of(1));
		state.put("d", "x");
		assertThat(state.changed()).isNotNull();
		state.remove("d");
		assertThat(state.changed()).isNull();
		state.remove("a");
		assertThat(state.changed()).isEqualTo("{\"b\":[1],\"c\":null}");
		state.put("a", 1);
		assertThat(state.changed()).as("only the order of the keys differs").isNull();
		state.put("c", null);
		assertThat(state.changed()).isNull();
		state.remove("c");
		assertThat(state.changed()).isNotNull();
	}

	@Test
	void whatAScopeSetIsComparedWithWhatIsStored() {
		SessionState state = SessionState.open("{\"a\": 1}", Map.of(), Map.of("a", 2));
		assertThat(state.changed()).isEqualTo("{\"a\":2}");
		state.put("a", 1);
		assertThat(state.changed()).isNull();
	}

}
