package buddy.json.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.json.UnstorableValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StorableJsonTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "ü→漢 \uD83D\uDE00", "back\\slash \"quoted\" \n\t", "\\u0000 spelled out",
			"\u0001", "brackets [[[ and braces }}} in text" })
	void textThatEveryDatabaseKeepsIsWritten(String text) {
		String json = StorableJson.require("x", Map.of("text", text));
		assertThat(Json.readMap(json)).containsEntry("text", text);
		assertThat(StorableJson.sanitize(text)).isEqualTo(new StorableJson.Sanitized(Json.write(text), null));
	}

	@Test
	void nulIsRefusedAndMended() {
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> StorableJson.require("input 'topic'", List.of("a\u0000b")))
			.withMessageContaining("input 'topic'")
			.withMessageContaining("NUL")
			.satisfies((ex) -> assertThat(ex.name()).isEqualTo("input 'topic'"));
		StorableJson.Sanitized sanitized = StorableJson.sanitize(Map.of("k\u0000", "a\u0000b"));
		assertThat(Json.readMap(sanitized.json())).isEqualTo(Map.of("k\uFFFD", "a\uFFFDb"));
		assertThat(sanitized.note()).contains("NUL");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D", "\uD83D\uD83D\uDE00" })
	void halfOfASurrogatePairIsRefusedAndMended(String text) {
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> StorableJson.require("x", Map.of("text", text)))
			.withMessageContaining("surrogate");
		StorableJson.Sanitized sanitized = StorableJson.sanitize(List.of(text));
		assertThat(sanitized.note()).contains("surrogate");
		assertThat(sanitized.json()).contains("\uFFFD");
		assertThat(StorableJson.sanitize(Json.readPlain(sanitized.json())).note()).isNull();
	}

	@Test
	void nestingUpToTheLimitIsKeptAndDeeperIsRefusedAndMended() {
		assertThat(Json.readPlain(StorableJson.require("x", nested(StorableJson.MAX_DEPTH))))
			.isEqualTo(nested(StorableJson.MAX_DEPTH));
		Object deep = nested(StorableJson.MAX_DEPTH + 1);
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> StorableJson.require("x", deep))
			.withMessageContaining("nested deeper than 30");
		StorableJson.Sanitized sanitized = StorableJson.sanitize(deep);
		assertThat(sanitized.note()).contains("nested deeper");
		assertThat(StorableJson.sanitize(Json.readPlain(sanitized.json())).note()).isNull();
	}

	@Test
	void valueWithoutJsonIsRefusedAndOmitted() {
		Map<String, Object> circle = new HashMap<>();
		circle.put("self", circle);
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> StorableJson.require("x", circle))
			.withMessageContaining("no JSON form");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> StorableJson.requireInput("Input 'x' of workflow 'w'", "x", circle))
			.withMessageContaining("@NotRecorded");
		assertThat(StorableJson.sanitize(circle).json()).isEqualTo("null");
		assertThat(StorableJson.sanitize(circle).note()).startsWith("omitted:");
		Broken broken = new Broken();
		assertThat(StorableJson.sanitize(broken).note()).startsWith("omitted:").contains("lazy");
	}

	@Test
	void valueThatThrowsAnErrorOfTheJvmIsOmitted() {
		List<Object> circle = new ArrayList<>();
		circle.add(circle);
		assertThat(StorableJson.sanitize(circle).note()).startsWith("omitted:");
		assertThat(StorableJson.sanitize(Collections.singletonMap("a", null)).json()).isEqualTo("{\"a\":null}");
	}

	private static Object nested(int depth) {
		Object value = (depth % 2 == 0) ? new ArrayList<>() : new HashMap<>();
		for (int i = 1; i < depth; i++) {
			value = (i % 2 == 0) ? List.of(value) : Map.of("in", value);
		}
		return value;
	}

	static class Broken {

		public String getValue() {
			throw new IllegalStateException("a lazy entity");
		}

	}

}
