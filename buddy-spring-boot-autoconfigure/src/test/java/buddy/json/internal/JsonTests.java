package buddy.json.internal;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JsonTests {

	@Test
	void plainIsWhatAReaderOfTheJsonSees() {
		assertThat(Json.plain(1L)).isEqualTo(1);
		assertThat(Json.plain(1L << 40)).isEqualTo(1L << 40);
		assertThat(Json.plain(1)).isEqualTo(1);
		assertThat(Json.plain("a")).isEqualTo("a");
		assertThat(Json.plain(null)).isNull();
		assertThat(Json.plain(1.5f)).isEqualTo(new BigDecimal("1.5"));
		assertThat(Json.plain(new Point(1, 2))).isEqualTo(Map.of("x", 1, "y", 2));
		assertThat(Json.plain(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00Z");
		assertThat(Json.plain(new int[] { 1, 2 })).isEqualTo(List.of(1, 2));
		assertThat(Json.plain(Optional.of("x"))).isEqualTo("x");
		assertThat(Json.plain(StatusLike.OK)).isEqualTo("OK");
	}

	@Test
	void convertGivesTheSameInstanceOrReadsTheJson() {
		Point point = new Point(1, 2);
		assertThat(Json.convert(point, Point.class)).isSameAs(point);
		assertThat(Json.convert(Map.of("x", 3, "y", 4, "unknown", 5), Point.class)).isEqualTo(new Point(3, 4));
		assertThat(Json.convert(null, Point.class)).isNull();
		assertThat(Json.convert(7, Long.class)).isEqualTo(7L);
		assertThat(Json.<Object>convert(7, (Class<Object>) (Class<?>) int.class)).isEqualTo(7);
	}

	@Test
	void orderOfRecordComponentsAndMapKeysIsKept() {
		assertThat(Json.write(new Reversed("1", "2"))).isEqualTo("{\"z\":\"1\",\"a\":\"2\"}");
		assertThat(Json.readMap("{\"z\":1,\"a\":2}").keySet()).containsExactly("z", "a");
	}

	record Point(int x, int y) {
	}

	record Reversed(String z, String a) {
	}

	enum StatusLike {

		OK

	}

}
