package buddy.session;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;

import buddy.json.UnstorableValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What is put into a state is what the next run gets.
 */
public class StateValueTests {

	@ParameterizedTest
	@MethodSource("values")
	void valueIsReadBackAsItWasPut(Object value) {
		SessionState state = open("{}");
		state.put("v", value);
		state.put("list", List.of(value));
		state.put("map", Map.of("in", value));
		state.append("appended", value);
		SessionState next = open(state.changed());
		Class<?> type = (value instanceof Enum<?> constant) ? constant.getDeclaringClass() : value.getClass();
		assertThat(next).isEqualTo(state);
		assertThat(next.get("v", type)).usingRecursiveComparison().ignoringCollectionOrder().isEqualTo(value);
		assertThat(next.as(Listed.class).list()).isEqualTo(next.as(Listed.class).appended());
	}

	static List<Object> values() {
		OffsetDateTime offset = OffsetDateTime.parse("2026-03-01T10:00:00+05:30");
		return List.of(new Whole(5, (short) 3, (byte) 1, BigInteger.TEN),
				new Whole(5_000_000_000L, (short) -3, (byte) 1, BigInteger.TWO.pow(90)),
				new Fractions(0.1f, 0.1, new BigDecimal("2.50")),
				new Fractions(3f, 1e300, new BigDecimal("12345678901234567.89")),
				new Fractions(1.0e-5f, 1.0e10, BigDecimal.ONE), new Empty(), new Bytes(new byte[] { 1, 2, 3 }),
				new Counts(Map.of("a", 1L, "b", 5_000_000_000L)),
				new Tagged(Set.of("a", "b", "c", "d", "e", "f", "g"), Optional.of("x")),
				new Tagged(new LinkedHashSet<>(List.of("z", "a")), Optional.empty()), new Sparse(null), Unit.KM,
				Unit.MILE, offset, new Dates(offset, LocalDate.EPOCH), new UUID(1, 2),
				new Circle(new BigDecimal("9.90")),
				new Drawing(List.of(new Circle(BigDecimal.ONE), new Square(2L)), new Square(3L)), 5L, (short) 3, 2.5f,
				0.1, new BigDecimal("9.90"), BigInteger.TWO.pow(70),
				new Nested(List.of(new Whole(1, (short) 1, (byte) 1, BigInteger.ONE))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "9.90", "12345678901234567.89", "0.1", "0.00", "100.0", "-2.50",
			"0.1234567890123456789012345678901234567890" })
	void decimalKeepsEveryDigit(String text) {
		BigDecimal decimal = new BigDecimal(text);
		SessionState state = open("{}");
		state.put("v", decimal);
		state.put("in", Map.of("list", List.of(decimal)));
		assertThat(state.changed()).contains("\"v\":" + text + ",").contains("[" + text + "]");
		SessionState next = open(state.changed());
		assertThat(next.get((Object) "v")).isEqualTo(decimal);
		assertThat(next.get("v", BigDecimal.class)).isEqualTo(decimal);
		assertThat(next.get("v", Double.class)).isEqualTo(decimal.doubleValue());
		assertThat(next.changed()).isNull();
	}

	@Test
	void numberWithAnExponentReadsTheSameFromEveryDatabase() {
		SessionState state = open("{}");
		state.put("big", 1.0e10);
		state.put("small", 1.0e-7);
		state.put("thousand", new BigDecimal("1E+3"));
		assertThat(state.changed()).isEqualTo("{\"big\":10000000000,\"small\":0.00000010,\"thousand\":1000}");
		assertThat(open(state.changed())).isEqualTo(state);
		assertThat(state.get("big", Double.class)).isEqualTo(1.0e10);
		assertThat(state.get("thousand", BigDecimal.class)).isEqualByComparingTo("1000");
	}

	@Test
	void numberTooLongToReadIsRefusedByName() {
		SessionState state = open("{}");
		List.of(new BigDecimal("1E+5000"), new BigDecimal("1E-999999"), BigInteger.TEN.pow(1001))
			.forEach((number) -> assertThatExceptionOfType(UnstorableValueException.class)
				.isThrownBy(() -> state.put("v", Map.of("in", List.of(number))))
				.withMessageContaining("'v'"));
		assertThat(state).isEmpty();
	}

	@Test
	void notANumberIsRefusedWithItsPath() {
		SessionState state = open("{}");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.put("v", new Priced(List.of(new Price(1), new Price(2), new Price(Double.NaN)))))
			.withMessageContaining("v.items[2].price is NaN");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.put("v", Map.of("in", List.of(1, Float.NEGATIVE_INFINITY))))
			.withMessageContaining("v.in[1] is -Infinity");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.put("v", new Anything(Double.POSITIVE_INFINITY)))
			.withMessageContaining("v.value is Infinity");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.replaceWith(new Priced(List.of(new Price(Double.NaN)))))
			.withMessageContaining("items[0].price is NaN");
		assertThat(state).isEmpty();
	}

	@Test
	void refusalNamesTheComponentAndNothingTheCallerDidAlready() {
		SessionState state = open("{}");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.put("v", List.of(1, new Locked("a"))))
			.withMessageContaining("'v'")
			.withMessageContaining("v[1]")
			.withMessageNotContaining("or a record");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.put("v", new Order(List.of(Forgetful.of("a")))))
			.withMessageContaining("v.lines[0].name")
			.withMessageContaining("absent")
			.withMessageNotContaining("or a record");
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> state.put("v", Map.of("text", new Anything("a\u0000"))))
			.withMessageContaining("v.text.value");
	}

	@Test
	void typeIdsAreKeptWhereverAValueStands() {
		SessionState state = open("{}");
		Circle circle = new Circle(new BigDecimal("9.90"));
		Square square = new Square(5);
		state.put("one", circle);
		state.put("list", List.of(circle, square));
		state.put("map", Map.of("c", circle));
		state.put("any", new Anything(List.of(square)));
		state.append("appended", circle);
		state.append("appended", square);
		SessionState next = open(state.changed());
		assertThat(next.get("one", Shape.class)).isEqualTo(circle);
		assertThat(next.get("list", shapes())).containsExactly(circle, square);
		assertThat(next.get("appended", shapes())).containsExactly(circle, square);
		assertThat(next.get("map", new ParameterizedTypeReference<Map<String, Shape>>() {
		})).containsExactly(Map.entry("c", circle));
		assertThat(next.get("any", new ParameterizedTypeReference<Drawn>() {
		})).isEqualTo(new Drawn(List.of(square)));
	}

	@Test
	void genericTypeIsReadOrRefusedByName() {
		SessionState state = open("{\"counts\":{\"a\":1},\"text\":\"x\"}");
		assertThat(state.get("counts", new ParameterizedTypeReference<Map<String, Long>>() {
		})).containsExactly(Map.entry("a", 1L));
		assertThat(state.get("absent", shapes())).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> state.get("text", shapes()))
			.withMessageContaining("'text'")
			.withMessageContaining("Shape");
	}

	@Test
	void fractionIsNoIntegerAndAWholeDecimalIs() {
		SessionState state = open("{\"whole\":5.0,\"fraction\":5.5}");
		assertThat(state.get("whole", Integer.class)).isEqualTo(5);
		assertThat(state.get("whole", Long.class)).isEqualTo(5L);
		assertThatIllegalArgumentException().isThrownBy(() -> state.get("fraction", Integer.class))
			.withMessageContaining("'fraction'");
	}

	@Test
	void incrementsOfDecimalsAreExact() {
		SessionState state = open("{\"price\":9.90}");
		assertThat(state.increment("price", new BigDecimal("0.10"))).isEqualTo("10.00");
		assertThat(state.increment("share", 0.1)).isEqualTo(0.1);
		assertThat(state.increment("share", 0.2)).isEqualTo(0.3);
		assertThat(state.increment("price", 1)).isEqualTo(11);
		assertThat(state.changed()).isEqualTo("{\"price\":11.00,\"share\":0.3}");
		SessionState other = open("{\"price\":9.90}");
		other.increment("price", new BigDecimal("1.05"));
		assertThat(other.mergeWith("{\"price\":20.10}").json()).isEqualTo("{\"price\":21.15}");
	}

	@Test
	void incrementPastTheRangeFailsAndChangesNothing() {
		SessionState state = open("{\"most\":" + Long.MAX_VALUE + ",\"more\":9223372036854775808,\"least\":"
				+ Long.MIN_VALUE + ",\"decimal\":1e19,\"double\":" + new BigDecimal("1.7e308").toPlainString() + "}");
		for (String key : List.of("most", "more", "decimal")) {
			assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> state.increment(key, 1))
				.withMessageContaining("'" + key + "'");
		}
		assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> state.increment("least", -1));
		assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> state.increment("double", 1.7e308));
		assertThatIllegalArgumentException().isThrownBy(() -> state.increment("most", Double.NaN))
			.withMessageContaining("NaN");
		assertThat(state.changed()).isNull();
		assertThat(state.increment("more", -1)).isEqualTo(Long.MAX_VALUE);
		assertThat(state.increment("most", BigDecimal.ONE)).isEqualTo("9223372036854775808");
	}

	@Test
	void datesKeepTheirOffsetWhateverTheZoneOfTheMachine() {
		TimeZone zone = TimeZone.getDefault();
		try {
			TimeZone.setDefault(TimeZone.getTimeZone("America/Caracas"));
			OffsetDateTime offset = OffsetDateTime.parse("2026-03-01T10:00:00+05:30");
			ZonedDateTime zoned = offset.atZoneSameInstant(ZoneId.of("Asia/Kolkata"));
			SessionState state = open("{}");
			state.put("offset", offset);
			state.put("zoned", zoned);
			state.put("dates", List.of(new Dates(offset, LocalDate.of(2026, 3, 1))));
			SessionState next = open(state.changed());
			assertThat(next.get((Object) "offset")).isEqualTo("2026-03-01T10:00:00+05:30");
			assertThat(Objects.requireNonNull(next.get("offset", OffsetDateTime.class))).isEqualTo(offset)
				.satisfies((read) -> assertThat(read.getOffset()).isEqualTo(offset.getOffset()));
			assertThat(Objects.requireNonNull(next.get("zoned", ZonedDateTime.class)).toOffsetDateTime().toString())
				.isEqualTo(offset.toString());
			assertThat(next.get("dates", new ParameterizedTypeReference<List<Dates>>() {
			})).containsExactly(new Dates(offset, LocalDate.of(2026, 3, 1)));
		}
		finally {
			TimeZone.setDefault(zone);
		}
	}

	private static ParameterizedTypeReference<List<Shape>> shapes() {
		return new ParameterizedTypeReference<>() {
		};
	}

	private static SessionState open(String stored) {
		return SessionState.open(stored, Map.of(), Map.of());
	}

	record Listed(List<Object> list, List<Object> appended) {
	}

	record Whole(long n, short s, byte b, BigInteger big) {
	}

	public record Fractions(float f, double d, BigDecimal decimal) {
	}

	record Empty() {
	}

	record Bytes(byte[] bytes) {
	}

	record Counts(Map<String, Long> counts) {
	}

	record Tagged(Set<String> tags, Optional<String> note) {
	}

	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Sparse(String name) {
	}

	record Dates(OffsetDateTime at, LocalDate day) {
	}

	record Nested(List<Whole> items) {
	}

	record Priced(List<Price> items) {
	}

	record Price(double price) {
	}

	record Anything(Object value) {
	}

	record Order(List<Forgetful> lines) {
	}

	record Drawing(List<Shape> shapes, Shape first) {
	}

	record Drawn(List<Shape> value) {
	}

	enum Unit {

		KM, MILE {
			@Override
			double factor() {
				return 1.609;
			}
		};

		double factor() {
			return 1;
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Circle.class, name = "circle"),
			@JsonSubTypes.Type(value = Square.class, name = "square") })
	sealed interface Shape {

	}

	record Circle(BigDecimal radius) implements Shape {
	}

	record Square(long side) implements Shape {
	}

	/** Writes its name, and reads none. */
	static final class Forgetful {

		private String text = "default";

		static Forgetful of(String text) {
			Forgetful forgetful = new Forgetful();
			forgetful.text = text;
			return forgetful;
		}

		@JsonInclude(JsonInclude.Include.NON_NULL)
		public String getName() {
			return this.text.equals("default") ? null : this.text;
		}

	}

	/** Has no constructor that Jackson could call. */
	static final class Locked {

		private final List<String> names = new ArrayList<>();

		Locked(String name) {
			this.names.add(name);
		}

		public String getFirst() {
			return this.names.get(0);
		}

	}

}
