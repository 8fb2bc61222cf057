package sample.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

import buddy.json.internal.Json;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The workflows with steps over buddy's routes, and the ledger that shows their effects.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "spring.datasource.url=jdbc:h2:mem:sample-steps")
class StepHttpTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void refundIsPaidOnceAndCountedInItsSession() throws Exception {
		JsonNode first = run("refund", "{'order':'A-17','cents':1250,'reason':'broken','approval':false,'pace_ms':1}",
				"refunds-1");
		JsonNode content = first.path("content");
		assertThat(content.propertyNames()).containsExactly("order", "assessment", "letter", "charge_id", "approved",
				"refunds");
		assertThat(content.path("order").asString()).isEqualTo("A-17");
		assertThat(content.path("refunds").asInt()).isEqualTo(1);
		assertThat(content.path("charge_id").asString()).startsWith("charge-");
		JsonNode ledger = ledger(first);
		assertThat(ledger.path("calls").findValuesAsString("step")).containsExactly("charge", "notify");
		assertThat(ledger.path("calls").findValuesAsString("key")).allMatch((key) -> key.startsWith(runId(first)));
		assertThat(ledger.at("/calls/0/pid").asLong()).isEqualTo(ProcessHandle.current().pid());
		assertThat(ledger.path("effects")).isEqualTo(json("{'charge':1,'notify':1}"));
		JsonNode second = run("refund", "{'order':'A-18','cents':1,'reason':'late','approval':false}", "refunds-1");
		assertThat(second.at("/content/refunds").asInt()).isEqualTo(2);
		assertThat(second.at("/content/charge_id")).isNotEqualTo(content.path("charge_id"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "at_least_once", "at_most_once", "transactional" })
	void stepsOfEachModeAreInTheLedger(String mode) throws Exception {
		JsonNode response = run("steps", "{'count':3,'mode':'" + mode + "'}", "steps-" + mode);
		JsonNode ledger = ledger(response);
		assertThat(response.path("content")).hasSize(3);
		assertThat(ledger.path("calls").findValuesAsString("step")).containsExactly("s", "s#2", "s#3");
		assertThat(ledger.path("effects")).isEqualTo(json("{'s':1,'s#2':1,'s#3':1}"));
		assertThat(ledger.path("bookings").asInt()).isEqualTo("transactional".equals(mode) ? 3 : 0);
	}

	@Test
	void stepThatFailsHasCalledAndHasHadNoEffect() throws Exception {
		HttpResponse<String> failed = start("steps", "{'count':3,'fail_at':2,'fail_times':1}", "steps-fail");
		assertThat(failed.statusCode()).isEqualTo(500);
		JsonNode ledger = ledger(Json.readTree(failed.body()));
		assertThat(ledger.path("calls").findValuesAsString("step")).containsExactly("s", "s#2");
		assertThat(ledger.path("effects")).isEqualTo(json("{'s':1}"));
	}

	@Test
	void bookingOfAStepThatFailsIsRolledBack() throws Exception {
		HttpResponse<String> failed = start("steps", "{'count':2,'mode':'transactional','fail_at':2,'fail_times':1}",
				"steps-rollback");
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(ledger(Json.readTree(failed.body())).path("bookings").asInt()).isEqualTo(1);
	}

	@Test
	void tripBooksAHotelInEachCity() throws Exception {
		List<String> cities = IntStream.range(0, 8).mapToObj((number) -> "'city" + number + "'").toList();
		JsonNode trip = run("trip", "{'cities':" + cities + "}", "trip-1");
		assertThat(trip.path("content").findValuesAsString("city")).hasSize(8).startsWith("city0").endsWith("city7");
		assertThat(ledger(trip).path("effects")).isEqualTo(json("{'hotel':8}"));
		assertThat(get("/buddy/sessions/trip-1").at("/session_data/session_state/booked").asInt()).isEqualTo(8);
	}

	@Test
	void orderIsClosedOnceItsRefundIsPaid() throws Exception {
		JsonNode order = run("order", "{'order':'A-19','cents':5}", "order-1");
		assertThat(ledger(order).path("effects")).isEqualTo(json("{'close':1}"));
		JsonNode refund = get("/ledger/" + order.at("/content/refund_run_id").asString());
		assertThat(refund.path("effects")).isEqualTo(json("{'charge':1,'notify':1}"));
	}

	@Test
	void ledgerOfAnUnknownRunIsEmpty() throws Exception {
		assertThat(get("/ledger/unknown")).isEqualTo(json("{'calls':[],'effects':{},'bookings':0}"));
	}

	private JsonNode run(String workflow, String input, String session) throws Exception {
		HttpResponse<String> response = start(workflow, input, session);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return Json.readTree(response.body());
	}

	private HttpResponse<String> start(String workflow, String input, String session) throws Exception {
		String body = "{'input':" + input + ",'session':{'session_id':'" + session + "'}}";
		return send(request("/buddy/workflows/" + workflow + "/runs").header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
			.build());
	}

	private JsonNode ledger(JsonNode run) throws Exception {
		return get("/ledger/" + runId(run));
	}

	private JsonNode get(String path) throws Exception {
		HttpResponse<String> response = send(request(path).build());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return Json.readTree(response.body());
	}

	private static String runId(JsonNode run) {
		return run.path("run_id").asString();
	}

	private static JsonNode json(String text) {
		return Json.readTree(text.replace('\'', '"'));
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
	}

	private HttpResponse<String> send(HttpRequest request) throws Exception {
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

}
