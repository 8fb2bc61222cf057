package sample.operations;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What an operator sees of the sample over a real port.
 */
@Timeout(120)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:actuator-http", "buddy.observability.health-timeout=30s" })
class ActuatorHttpTests {

	private final HttpClient client = HttpClient.newHttpClient();

	private final JsonMapper json = JsonMapper.shared();

	@Autowired
	private WaitingWorkflow waiting;

	@LocalServerPort
	private int port;

	@Test
	void endpointShowsTheWorkflows() throws Exception {
		JsonNode report = getJson("/actuator/buddyworkflows");

		List<String> ids = report.get("workflows").findValuesAsString("workflow_id");
		assertThat(ids).contains("counter", "research", "streaming", "support");
		JsonNode research = getJson("/actuator/buddyworkflows/research");
		assertThat(research.at("/workflows/0/description").asString())
			.isEqualTo("Research a topic and write a summary.");
		assertThat(research.at("/workflows/0/input").findValuesAsString("name")).containsExactly("sessionId", "topic");
		assertThat(research.at("/workflows/0/input_schema")).isEqualTo(this.json.readTree(
				"""
						{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
						 "properties": {"topic": {"type": "string"}}, "required": ["topic"], "additionalProperties": false}"""));
		assertThat(get("/actuator/buddyworkflows/unknown").statusCode()).isEqualTo(404);
	}

	@Test
	void clientsThatTheRoutesRefuseSeeNothing() throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.port + "/actuator/buddyworkflows"));
		assertThat(this.client.send(request.copy().header("Via", "1.1 proxy").build(), BodyHandlers.ofString()).body())
			.contains("urn:buddy:problem:forbidden-client");
		assertThat(this.client.send(request.header("Origin", "https://evil.example").build(), BodyHandlers.ofString())
			.statusCode()).isEqualTo(403);
		assertThat(get("/actuator/info").statusCode()).isEqualTo(200);
	}

	@Test
	void liveRunIsShownWithoutItsInputAndIsCancelled() throws Exception {
		CompletableFuture<Throwable> run = CompletableFuture
			.supplyAsync(() -> catchThrowable(() -> this.waiting.run("live-1", "a secret")));
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> !getJson("/actuator/buddyworkflows/waiting").get("live_runs").isEmpty());

		String body = get("/actuator/buddyworkflows/waiting").body();
		JsonNode report = this.json.readTree(body);
		JsonNode live = report.at("/live_runs/0");
		String runId = live.get("run_id").asString();
		assertThat(live.get("session_id").asString()).isEqualTo("live-1");
		assertThat(live.get("status").asString()).isEqualTo("RUNNING");
		assertThat(live.get("age_seconds").asDouble()).isNotNegative();
		assertThat(live.get("owner_node").asString()).isEqualTo(report.get("node_id").asString());
		assertThat(live.at("/input/secret").asString()).isEqualTo("******");
		assertThat(report.at("/unfinished_runs/0/run_id").asString()).isEqualTo(runId);
		assertThat(report.at("/unfinished_runs/0/owner_alive").asBoolean()).isTrue();
		assertThat(body).doesNotContain("a secret");

		HttpResponse<String> cancelled = post("/actuator/buddyworkflows/" + runId, "{\"reason\": \"it is stuck\"}");
		assertThat(cancelled.statusCode()).isEqualTo(202);
		assertThat(run.get()).isInstanceOf(RunCancelledException.class).hasMessageContaining("it is stuck");
		assertThat(post("/actuator/buddyworkflows/" + runId, "{}").statusCode()).isEqualTo(404);
		assertThat(getJson("/actuator/buddyworkflows/waiting").get("live_runs").isEmpty()).isTrue();
	}

	@Test
	void healthTellsOfTheStore() throws Exception {
		HttpResponse<String> health = get("/actuator/health");
		assertThat(health.statusCode()).isEqualTo(200);
		JsonNode buddy = this.json.readTree(health.body()).at("/components/buddy");
		assertThat(buddy.get("status").asString()).isEqualTo("UP");
		assertThat(buddy.at("/details/expired_owners").asInt()).isZero();
		assertThat(buddy.at("/details").has("live_runs")).isTrue();
		assertThat(buddy.at("/details/interrupted_runs").asInt()).isZero();
		assertThat(buddy.at("/details/parked_runs").isObject()).isTrue();
		assertThat(buddy.at("/details/paused_runs").asInt()).isZero();
		JsonNode workflows = getJson("/actuator/buddyworkflows");
		assertThat(workflows.get("interrupted_runs").asInt()).isZero();
		assertThat(workflows.get("parked_runs").isArray()).isTrue();
	}

	@Test
	void infoTellsHowManyWorkflowsThereAre() throws Exception {
		assertThat(getJson("/actuator/info").at("/buddy/workflows").asInt()).isGreaterThanOrEqualTo(8);
	}

	private JsonNode getJson(String path) throws IOException, InterruptedException {
		HttpResponse<String> response = get(path);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return this.json.readTree(response.body());
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return send(request(path).GET());
	}

	private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
		return send(request(path).header("content-type", "application/json").POST(BodyPublishers.ofString(body)));
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Waiting {

		@Bean
		WaitingWorkflow waitingWorkflow() {
			return new WaitingWorkflow();
		}

	}

	/** Does nothing until it is cancelled. */
	static class WaitingWorkflow extends Workflow {

		public void run(@SessionId String sessionId, String secret) {
			CompletableFuture<Void> stopped = new CompletableFuture<>();
			RunContext.current().cancellation().onCancel(() -> stopped.complete(null));
			stopped.join();
		}

	}

}
