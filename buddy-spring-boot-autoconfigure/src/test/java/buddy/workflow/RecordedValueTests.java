package buddy.workflow;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;

import buddy.json.UnstorableValueException;
import buddy.json.internal.StrictJson;
import buddy.run.RunResponse;
import buddy.run.WorkflowRun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Input and results are recorded, and read from JSON, as they are.
 */
class RecordedValueTests {

	private static final OffsetDateTime AT = OffsetDateTime.parse("2026-03-01T10:00:00+05:30");

	private final Recorded recorded = new Recorded();

	private final Returning returning = this.recorded.proxy(new Returning());

	@Test
	void inputIsRecordedExactly() {
		this.returning.run("s", Map.of("price", new BigDecimal("9.90"), "at", AT));
		assertThat(this.recorded.onlyRun("s").input())
			.isEqualTo(Map.of("value", Map.of("price", new BigDecimal("9.90"), "at", "2026-03-01T10:00:00+05:30")));
		this.returning.run("shapes", List.of(new Circle(1), new Square(2)));
		assertThat(this.recorded.onlyRun("shapes").input()).isEqualTo(
				Map.of("value", List.of(Map.of("kind", "circle", "radius", 1), Map.of("kind", "square", "side", 2))));
	}

	@Test
	void resultIsRecordedExactly() {
		BigDecimal exact = new BigDecimal("12345678901234567.89");
		this.returning.run("decimal", exact);
		WorkflowRun run = this.recorded.onlyRun("decimal");
		assertThat(run.response().content()).isEqualTo(exact);
		assertThat(run.response().contentAs(BigDecimal.class)).isEqualTo(exact);
		assertThat(RunResponse.fromJson(run.response().toJson()).content()).isEqualTo(exact);
		this.returning.run("shapes", Map.of("list", List.of(new Circle(1))));
		assertThat(this.recorded.onlyRun("shapes").response().content())
			.isEqualTo(Map.of("list", List.of(Map.of("kind", "circle", "radius", 1))));
		this.returning.run("list", List.of(new Circle(1), new Square(2)));
		assertThat(this.recorded.onlyRun("list").response().contentAs(new ParameterizedTypeReference<List<Shape>>() {
		})).containsExactly(new Circle(1), new Square(2));
		this.returning.run("date", new Dated(AT));
		assertThat(this.recorded.onlyRun("date").response().contentAs(Dated.class)).isEqualTo(new Dated(AT));
	}

	@Test
	void inputThatJsonDoesNotHaveIsRefusedWithItsPathBeforeAnythingIsWritten() {
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> this.returning.run("s", List.of(1.0, Double.NaN)))
			.withMessageContaining("value[1] is NaN");
		assertThat(this.recorded.runs("s")).isEmpty();
	}

	@Test
	void resultOfTooManyDigitsIsRecordedWithANote() {
		BigDecimal large = new BigDecimal("1E+1500");
		assertThat(this.recorded.proxy(new Making()).run("s", () -> Map.of("large", large)))
			.isEqualTo(Map.of("large", large));
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.response().field("content_note")).asString().isNotEmpty();
		assertThat(RunResponse.fromJson(run.response().toJson())).isEqualTo(run.response());
	}

	@Test
	void inputIsReadExactly() {
		BigDecimal exact = new BigDecimal("12345678901234567.89");
		Map<String, Object> amounts = Map.of("a", exact, "b", new BigDecimal("9.00"), "list",
				List.of(new BigDecimal("0.10")));
		assertThat(convert(amounts, new ParameterizedTypeReference<Map<String, Object>>() {
		})).isEqualTo(amounts);
		assertThat(convert(amounts, new ParameterizedTypeReference<Object>() {
		})).isEqualTo(amounts);
		assertThat(convert(Map.of("price", new BigDecimal("9.00")), new ParameterizedTypeReference<Priced>() {
		})).isEqualTo(new Priced(new BigDecimal("9.00")));
		assertThat(convert(List.of(new BigDecimal("1.0"), 2), new ParameterizedTypeReference<List<Long>>() {
		})).isEqualTo(List.of(1L, 2L));
		assertThat(convert(List.of(new BigDecimal("1.0"), 2), new ParameterizedTypeReference<int[]>() {
		})).isEqualTo(new int[] { 1, 2 });
		assertThatThrownBy(() -> convert(new BigDecimal("1.5"), new ParameterizedTypeReference<Long>() {
		})).hasMessageContaining("integer");
		assertThat(convert("2026-03-01T10:00:00+05:30", new ParameterizedTypeReference<OffsetDateTime>() {
		})).hasToString(AT.toString());
		assertThat(convert(Map.of("at", "2026-03-01T10:00:00+05:30"), new ParameterizedTypeReference<Dated>() {
		})).isEqualTo(new Dated(AT));
		assertThat(convert("2026-03-01T10:00:00+05:30", new ParameterizedTypeReference<ZonedDateTime>() {
		})).hasToString(AT.toString());
		assertThat(
				convert(List.of(Map.of("kind", "circle", "radius", 1)), new ParameterizedTypeReference<List<Shape>>() {
				}))
			.isEqualTo(List.of(new Circle(1)));
		assertThat(convert(List.of(new Circle(1)), new ParameterizedTypeReference<List<Shape>>() {
		})).isEqualTo(List.of(new Circle(1)));
	}

	private static Object convert(Object value, ParameterizedTypeReference<?> type) {
		return StrictJson.convert(value, type.getType());
	}

	static class Returning extends Workflow {

		Object run(@SessionId String sessionId, Object value) {
			return value;
		}

	}

	static class Making extends Workflow {

		Object run(@SessionId String sessionId, Supplier<Object> value) {
			return value.get();
		}

	}

	record Dated(OffsetDateTime at) {
	}

	record Priced(BigDecimal price) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Circle.class, name = "circle"),
			@JsonSubTypes.Type(value = Square.class, name = "square") })
	sealed interface Shape {

	}

	record Circle(int radius) implements Shape {
	}

	record Square(int side) implements Shape {
	}

}
