package sample.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.run.RunStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every route of the sample over a real port, with its defaults but for the database.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "spring.datasource.url=jdbc:h2:mem:sample-http")
class SampleHttpTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void researchAnswersAboutItsTopicWithTheIdsOfItsRun() throws Exception {
		RunResponse response = run("/research/r1?topic=fusion");
		assertThat(response.contentAsString()).startsWith("Summary of fusion:").contains("Nuclear fusion joins");
		assertThat(response.runId()).matches("[0-9a-f-]{36}");
		assertThat(response.sessionId()).isEqualTo("r1");
		assertThat(response.workflowId()).isEqualTo("research");
		assertThat(response.status()).isEqualTo(RunStatus.COMPLETED);
		Map<String, @Nullable Object> session = Json.readMap(get("/sessions/r1").body());
		assertThat(Json.write(session.get("session_data"))).contains("\"topics\":[\"fusion\"]");
		assertThat(Json.write(session.get("memory"))).contains("\"input\":{\"topic\":\"fusion\"}")
			.contains("Summary of fusion")
			.contains("\"role\":\"user\"");
	}

	@Test
	void counterCountsTheRunsOfItsSession() throws Exception {
		assertThat(run("/counter/c1").content()).isEqualTo(1);
		assertThat(run("/counter/c1").content()).isEqualTo(2);
		assertThat(run("/counter/c1").content()).isEqualTo(3);
		assertThat(run("/counter/c2").content()).isEqualTo(1);
	}

	@Test
	void sessionOfAnotherWorkflowIsRefusedByTheNameOfItsOwner() throws Exception {
		run("/counter/owned");
		HttpResponse<String> refused = post("/research/owned?topic=fusion");
		assertThat(refused.statusCode()).isEqualTo(409);
		assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");
		assertThat(refused.body()).contains("belongs to workflow 'counter'")
			.contains("\"owning_workflow_id\":\"counter\"")
			.doesNotContain("\tat ");
		assertThat(get("/stream/owned?query=tea").statusCode()).isEqualTo(409);
	}

	@Test
	void streamTellsEventsInOrderAndIsRecorded() throws Exception {
		HttpResponse<String> stream = get("/stream/t1?query=What+is+fusion");
		assertThat(stream.headers().firstValue("content-type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/event-stream"));
		List<String> events = stream.body()
			.lines()
			.filter((line) -> line.startsWith("event:"))
			.map((line) -> line.substring("event:".length()))
			.toList();
		assertThat(events).startsWith("WorkflowStarted", "RunStarted", "RunResponseContent")
			.endsWith("RunResponseContent", "RunCompleted", "WorkflowCompleted");
		String text = pieces(stream.body());
		Map<String, @Nullable Object> session = Json.readMap(get("/sessions/t1").body());
		assertThat(Json.write(session.get("memory"))).contains("\"content\":" + Json.write(text))
			.contains("\"status\":\"COMPLETED\"");
	}

	@Test
	void asyncResearchIsRecorded() throws Exception {
		assertThat(run("/async/a1?topic=coffee").contentAsString()).startsWith("Notes on coffee:").contains("Ethiopia");
		assertThat(get("/sessions/a1").body()).contains("\"status\":\"COMPLETED\"");
	}

	@Test
	void supportRoutesByTheSubjectOfTheQuestion() throws Exception {
		assertThat(run("/support/s1?question=Where+is+my+parcel").extraData()).containsEntry("subject", "shipping");
		assertThat(run("/support/s1?question=I+forgot+my+password").extraData()).containsEntry("subject", "account");
		assertThat(get("/sessions/s1").body()).contains("\"subjects\":[\"shipping\",\"account\"]");
	}

	@Test
	void supportRecordsBothOfItsAgentsAndTellsTheCallerNoPrompt() throws Exception {
		assertThat(post("/support/s2?question=Where+is+my+parcel").body()).contains("tracking number")
			.doesNotContain("You answer customers");
		assertThat(get("/sessions/s2").body()).contains("\"agent_id\":\"router\"")
			.contains("\"agent_id\":\"shipping\"");
	}

	@Test
	void refineImprovesItsDraft() throws Exception {
		RunResponse refined = run("/refine/f1?brief=batteries");
		assertThat(refined.extraData()).containsKeys("rounds", "score");
		assertThat((Integer) refined.extraData().get("rounds")).isPositive();
		assertThat(refined.contentAsString().split("source: Batteries", -1)).hasSizeGreaterThan(3);
	}

	@Test
	void fanOutAnswersEveryTopic() throws Exception {
		assertThat(run("/fan-out/o1?topics=tea,coffee,fusion").contentAsString()).contains("source: Tea",
				"source: Coffee", "source: Nuclear fusion");
	}

	@Test
	void badRequestsGetProblemDetails() throws Exception {
		assertThat(post("/counter/bad%20id").statusCode()).isEqualTo(400);
		assertThat(post("/counter/" + "x".repeat(129)).statusCode()).isEqualTo(400);
		assertThat(post("/research/r2").statusCode()).isEqualTo(400);
		assertThat(post("/research/r2?topic=%00").body()).contains("NUL");
		assertThat(get("/sessions/unknown").statusCode()).isEqualTo(404);
		assertThat(get("/sessions/r2").statusCode()).isEqualTo(404);
	}

	private static String pieces(String body) {
		StringBuilder text = new StringBuilder();
		body.lines()
			.filter((line) -> line.startsWith("data:"))
			.map((line) -> Json.readMap(line.substring("data:".length())))
			.filter((event) -> "RunResponseContent".equals(event.get("event")))
			.forEach((event) -> text.append(event.get("content")));
		return text.toString();
	}

	private RunResponse run(String path) throws Exception {
		HttpResponse<String> response = post(path);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return RunResponse.fromJson(response.body());
	}

	private HttpResponse<String> post(String path) throws Exception {
		return send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
	}

	private HttpResponse<String> get(String path) throws Exception {
		return send(request(path).GET().build());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
	}

	private HttpResponse<String> send(HttpRequest request) throws Exception {
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

}
