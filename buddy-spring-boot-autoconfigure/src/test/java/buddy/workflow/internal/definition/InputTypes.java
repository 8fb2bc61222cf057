package buddy.workflow.internal.definition;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import buddy.workflow.Workflow;

/**
 * One method for each type of input.
 */
class InputTypes extends Workflow {

	void text(String value) {
	}

	void chars(CharSequence value) {
	}

	void character(char value) {
	}

	void flag(boolean value) {
	}

	void boxedFlag(Boolean value) {
	}

	void bytes(byte value) {
	}

	void shorts(Short value) {
	}

	void ints(int value) {
	}

	void boxedInt(Integer value) {
	}

	void longs(long value) {
	}

	void doubles(double value) {
	}

	void floats(Float value) {
	}

	void bigInt(BigInteger value) {
	}

	void bigDec(BigDecimal value) {
	}

	void nullableText(@Nullable String value) {
	}

	void nullableDate(@Nullable LocalDate value) {
	}

	void nullableCity(@Nullable City value) {
	}

	void nullableSize(@Nullable Size value) {
	}

	void optionalText(Optional<String> value) {
	}

	void optionalCity(Optional<City> value) {
	}

	void optionalNumber(OptionalInt value) {
	}

	void enumValue(Size value) {
	}

	void date(LocalDate value) {
	}

	void dateTime(LocalDateTime value) {
	}

	void time(LocalTime value) {
	}

	void moment(Instant value) {
	}

	void offsetTimes(OffsetDateTime value) {
	}

	void durations(Duration value) {
	}

	void periods(Period value) {
	}

	void months(YearMonth value) {
	}

	void id(UUID value) {
	}

	void blob(byte[] value) {
	}

	void uri(URI value) {
	}

	void texts(List<String> value) {
	}

	void textSet(Set<String> value) {
	}

	void textArray(String[] value) {
	}

	void intArray(int[] value) {
	}

	void lists(List<List<String>> value) {
	}

	void cities(List<City> value) {
	}

	void oneCity(City value) {
	}

	void nested(Order value) {
	}

	void renamed(Renamed value) {
	}

	void recursive(Tree value) {
	}

	void shapes(Shape value) {
	}

	void shapeList(List<Shape> value) {
	}

	void beans(Bean value) {
	}

	void textMap(Map<String, String> value) {
	}

	void anyMap(Map<String, Object> value) {
	}

	void listMap(Map<String, List<String>> value) {
	}

	void enumMap(Map<Size, Integer> value) {
	}

	void anything(Object value) {
	}

	void anyList(List<Object> value) {
	}

	void holders(Holder value) {
	}

	void node(JsonNode value) {
	}

	void number(Number value) {
	}

	enum Size {

		SMALL, LARGE

	}

	record City(@JsonPropertyDescription("As on a map.") String name, @Nullable Integer people) {
	}

	record Order(City city, List<String> tags, Size size, int count, @Nullable String note, @Nullable LocalDate due) {
	}

	record Renamed(@JsonProperty("given_name") String givenName) {
	}

	record Tree(int value, List<Tree> children) {
	}

	record Holder(Map<String, Object> a) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Circle.class, name = "circle"),
			@JsonSubTypes.Type(value = Square.class, name = "square") })
	interface Shape {

	}

	record Circle(double radius) implements Shape {
	}

	record Square(int side) implements Shape {
	}

	static class Bean {

		private @Nullable String title;

		private int level;

		@JsonIgnore
		private @Nullable String secret;

		@Nullable String getTitle() {
			return this.title;
		}

		public void setTitle(@Nullable String title) {
			this.title = title;
		}

		int getLevel() {
			return this.level;
		}

		public void setLevel(int level) {
			this.level = level;
		}

		@Nullable String getSecret() {
			return this.secret;
		}

	}

}
