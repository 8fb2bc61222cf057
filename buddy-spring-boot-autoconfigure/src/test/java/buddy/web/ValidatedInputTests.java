package buddy.web;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.validation.annotation.Validated;
import tools.jackson.databind.JsonNode;

import buddy.json.internal.Json;
import buddy.web.Http.Response;
import buddy.workflow.InvalidInputException;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Constraints of Bean Validation are in the schema, and refuse input before anything is
 * written.
 */
class ValidatedInputTests {

	private static final String RUNS = "/buddy/workflows/order/runs";

	private static WebApplication application;

	private final Http http = application.http();

	@BeforeAll
	static void start() {
		application = WebApplication.with(Orders.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void validInputRuns() {
		Response run = this.http.post(RUNS, body("Ada", 3, "A-1"));
		assertThat(run.status()).as(run.body()).isEqualTo(200);
		assertThat(run.at("content")).isEqualTo("3 for Ada");
	}

	@Test
	void everyFaultIsAnsweredWithItsPathAndNothingIsWritten() {
		Map<String, ?> before = application.stored();
		Response run = this.http.post(RUNS, body(" ", 0, "x"));
		assertThat(run.status()).as(run.body()).isEqualTo(422);
		assertThat(run.problem()).isEqualTo("invalid-input");
		assertThat(run.at("path")).isEqualTo("input.customer");
		assertThat(errors(run)).extracting((error) -> error.get("path"))
			.containsExactly("input.customer", "input.order.items[0].sku_code", "input.order.pieces");
		assertThat(errors(run).get(2).get("message")).isEqualTo("must be greater than 0");
		assertThat(application.stored()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(strings = { "respond-async", "handling=strict" })
	void soIsTheInputOfARunInTheBackground(String preference) {
		Map<String, ?> before = application.stored();
		Response run = this.http.with("Prefer", preference).post(RUNS, body("Ada", -1, "A-1"));
		assertThat(run.status()).as(run.body()).isEqualTo(422);
		assertThat(run.at("path")).isEqualTo("input.order.pieces");
		Response events = this.http.with("Accept", "text/event-stream").post(RUNS, body("Ada", -1, "A-1"));
		assertThat(events.status()).isEqualTo(422);
		assertThat(application.stored()).isEqualTo(before);
	}

	@Test
	void answerThatIsNotValidLeavesTheRunPaused() {
		Response asked = this.http.post("/buddy/workflows/asking/runs", "{\"input\":{}}");
		assertThat(asked.status()).as(asked.body()).isEqualTo(202);
		String run = "/buddy/runs/" + asked.at("run_id");
		String answer = "{\"question\":\"approve\",\"answer\":{\"approved\":true,\"a_note\":\"%s\",\"stars\":%d}}";

		Response refused = this.http.post(run + "/answers", answer.formatted(" ", 6));
		assertThat(refused.status()).as(refused.body()).isEqualTo(422);
		assertThat(refused.problem()).isEqualTo("invalid-answer");
		assertThat(refused.at("path")).isEqualTo("answer.a_note");
		assertThat(errors(refused)).extracting((error) -> error.get("path"))
			.containsExactly("answer.a_note", "answer.stars");
		assertThat(errors(refused).get(1).get("message")).asString().contains("5");
		Response mismatch = this.http.post(run + "/answers", answer.formatted("ok", 6).replace("6", "\"six\""));
		assertThat(errors(mismatch)).extracting((error) -> error.get("path")).containsExactly("answer.stars");
		assertThat(mismatch.at("path")).isEqualTo("answer.stars");
		assertThat(this.http.get(run).at("status")).isEqualTo("PAUSED");

		assertThat(this.http.post(run + "/answers", answer.formatted("ok", 5)).status()).isEqualTo(200);
		await().until(() -> this.http.get(run).at("status"), "COMPLETED"::equals);
	}

	@Test
	void callerInJavaGetsTheExceptionOfBeanValidation() {
		Map<String, ?> before = application.stored();
		OrderWorkflow orders = application.bean(OrderWorkflow.class);
		Order order = new Order(0, List.of(new Item("A-1")), null, null, Map.of(), new BigDecimal("9.90"));
		assertThatExceptionOfType(ConstraintViolationException.class)
			.isThrownBy(() -> orders.run("s", "Ada", order, null, Optional.empty()))
			.satisfies((ex) -> assertThat(ex.getConstraintViolations()).hasSize(1));
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(
				() -> application.bean(WorkflowRegistry.class).run("order", Map.of("customer", "Ada", "order", order)))
			.withMessageContaining("order.pieces must be greater than 0")
			.satisfies((ex) -> assertThat(ex.faults()).extracting(InvalidInputException.Fault::path)
				.containsExactly("order.pieces"));
		assertThat(application.stored()).isEqualTo(before);
	}

	@Test
	void sessionThatNobodyNamesIsNoFault() {
		assertThat(this.http.post(RUNS, body("Ada", 1, "A-1")).status()).isEqualTo(200);
	}

	@Test
	void workflowThatIsNotValidatedHasNoConstraints() {
		Response run = this.http.post("/buddy/workflows/loose/runs", "{\"input\":{\"the_text\":\"\"}}");
		assertThat(run.status()).as(run.body()).isEqualTo(200);
		assertThat(schema("loose").at("/properties/the_text").has("minLength")).isFalse();
	}

	@Test
	void schemaSaysTheConstraints() {
		JsonNode schema = schema("order");
		JsonNode properties = schema.path("properties");
		assertThat(properties.path("customer"))
			.isEqualTo(Json.readTree("{\"type\":\"string\",\"minLength\":1,\"maxLength\":20,\"pattern\":\"\\\\S\"}"));
		assertThat(properties.at("/e_mail/anyOf/0"))
			.isEqualTo(Json.readTree("{\"type\":\"string\",\"format\":\"email\"}"));
		assertThat(properties.at("/priority/anyOf/0/minimum").asInt()).isEqualTo(1);
		assertThat(properties.at("/priority/anyOf/0/maximum").asInt()).isEqualTo(9);
		JsonNode order = properties.path("order");
		assertThat(order.path("required").valueStream().map(JsonNode::asString)).contains("pieces", "items", "price")
			.doesNotContain("note", "labels");
		JsonNode of = order.path("properties");
		assertThat(of.at("/pieces/minimum").asInt()).isEqualTo(1);
		assertThat(of.at("/pieces/maximum").asInt()).isEqualTo(100);
		assertThat(of.at("/items/minItems").asInt()).isEqualTo(1);
		assertThat(of.at("/items/items/properties/sku_code/pattern").asString()).isEqualTo("^(?:[A-Z]-\\d+)$");
		assertThat(of.at("/items/items/required").valueStream().map(JsonNode::asString)).containsExactly("sku_code");
		assertThat(of.path("note").findValue("maxLength").asInt()).isEqualTo(10);
		JsonNode part = of.path("part").findValue("sku_code");
		assertThat(part.has("pattern")).as("what is not cascaded is not checked: " + of.path("part")).isFalse();
		assertThat(of.path("labels").findValue("minLength").asInt()).isEqualTo(2);
		assertThat(of.at("/price/exclusiveMinimum").asInt()).isZero();
		assertThat(of.at("/price").has("exclusiveMinimum")).isTrue();
	}

	private JsonNode schema(String workflow) {
		return Json.readTree(this.http.get("/buddy/workflows/" + workflow).body()).path("input_schema");
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> errors(Response response) {
		return (List<Map<String, Object>>) response.at("errors");
	}

	private static String body(String customer, int pieces, String sku) {
		return """
				{"input":{"customer":"%s","order":{"pieces":%d,"items":[{"sku_code":"%s"}],"price":9.90}}}"""
			.formatted(customer, pieces, sku);
	}

	record Item(@JsonProperty("sku_code") @NotNull @Pattern(regexp = "[A-Z]-\\d+") String sku) {
	}

	record Order(@Positive @Max(100) int pieces, @NotEmpty List<@Valid Item> items,
			@Size(max = 10) @Nullable String note, @Nullable Item part,
			@Nullable Map<String, @Size(min = 2) String> labels,
			@NotNull @DecimalMin(value = "0", inclusive = false) BigDecimal price) {
	}

	@Configuration(proxyBeanMethods = false)
	static class Orders {

		@Bean
		OrderWorkflow order() {
			return new OrderWorkflow();
		}

		@Bean
		AskingWorkflow asking() {
			return new AskingWorkflow();
		}

		@Bean
		LooseWorkflow loose() {
			return new LooseWorkflow();
		}

	}

	@Validated
	static class AskingWorkflow extends Workflow {

		String run() {
			return awaitInput("approve", Approval.class).note();
		}

	}

	record Approval(boolean approved, @JsonProperty("a_note") @NotBlank String note, @Range(max = 5) int stars) {
	}

	@Validated
	static class OrderWorkflow extends Workflow {

		String run(@SessionId @NotBlank String sessionId, @NotBlank @Size(max = 20) String customer, @Valid Order order,
				@JsonProperty("e_mail") @Email @Nullable String mail,
				Optional<@Range(min = 1, max = 9) Integer> priority) {
			return order.pieces() + " for " + customer;
		}

	}

	static class LooseWorkflow extends Workflow {

		String run(@JsonProperty("the_text") @NotBlank String text) {
			return text;
		}

	}

}
