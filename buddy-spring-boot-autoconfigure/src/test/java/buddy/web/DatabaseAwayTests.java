package buddy.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import testkit.Missing;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A PostgreSQL server that was stopped while the application goes on: each route says
 * that the request should come again later.
 */
class DatabaseAwayTests {

	private static final String BODY = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	private static EmbeddedPostgres server;

	private static WebApplication application;

	private static String runId;

	@BeforeAll
	static void start() throws IOException {
		server = server();
		application = WebApplication.start(
				new String[] { "spring.datasource.url=" + server.getJdbcUrl("postgres", "postgres"),
						"spring.datasource.username=postgres" },
				new String[] { "spring.datasource.hikari.connection-timeout=300",
						"spring.datasource.hikari.validation-timeout=250",
						// the first connection may take its time
						"spring.datasource.hikari.initialization-fail-timeout=30000", "buddy.web.start-timeout=20s" });
		Response run = application.http()
			.post("/buddy/workflows/echo/runs", "{\"session\":{\"session_id\":\"s1\"}," + BODY.substring(1));
		assertThat(run.status()).as(run.body()).isEqualTo(200);
		runId = (String) run.at("run_id");
		server.close();
	}

	@AfterAll
	static void stop() throws IOException {
		application.close();
		server.close();
	}

	private static EmbeddedPostgres server() {
		try {
			return EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
		}
		catch (IOException | RuntimeException ex) {
			throw Missing.on("the embedded PostgreSQL did not start: " + ex.getMessage(), ex);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					GET    | /buddy/runs                                        | application/json  |
					GET    | /buddy/runs?status=COMPLETED&session_id=s1         | application/json  |
					GET    | /buddy/runs/RUN                                    | application/json  |
					GET    | /buddy/runs/RUN/events                             | text/event-stream |
					POST   | /buddy/runs/RUN/cancel                             | application/json  |
					GET    | /buddy/sessions                                    | application/json  |
					GET    | /buddy/sessions/s1                                 | application/json  |
					GET    | /buddy/sessions/s1/runs                            | application/json  |
					GET    | /buddy/sessions/s1/export                          | application/json  |
					PATCH  | /buddy/sessions/s1                                 | application/json  | {"session_name":"n"}
					DELETE | /buddy/sessions/s1                                 | application/json  |
					POST   | /buddy/sessions                                    | application/json  | {"session_id":"s2","workflow_id":"echo"}
					POST   | /buddy/workflows/echo/runs                         | application/json  | {"input":{"text":"a","times":1}}
					POST   | /buddy/workflows/echo/runs                         | text/event-stream | {"input":{"text":"a","times":1}}
					""")
	void routeAnswersThatTheDatabaseIsAway(String method, String path, String accept, String body) {
		Http http = application.http().with("Accept", accept);
		if (body != null) {
			http = http.with("Content-Type", "application/json");
		}
		byte[] bytes = (body != null) ? body.getBytes(StandardCharsets.UTF_8) : null;
		unavailable(http.send(method, path.replace("RUN", runId), bytes));
	}

	@Test
	void startsOfEveryKindAnswerThatTheDatabaseIsAway() {
		String runs = "/buddy/workflows/echo/runs";
		Http http = application.http();
		Stream
			.of(http.with("Prefer", "respond-async"), http.with("Idempotency-Key", "k1"),
					http.with("Idempotency-Key", "k1").with("Prefer", "respond-async"),
					http.with("Idempotency-Key", "k1").with("Accept", "text/event-stream"))
			.forEach((client) -> unavailable(client.post(runs, BODY)));
		unavailable(http.post(runs, "{\"session\":{\"session_id\":\"s1\"}," + BODY.substring(1)));
	}

	@Test
	void routesThatNeedNoDatabaseAnswer() {
		assertThat(application.http().get("/buddy/workflows").status()).isEqualTo(200);
		assertThat(application.http().get("/buddy/workflows/echo").status()).isEqualTo(200);
	}

	private static void unavailable(Response response) {
		assertThat(response.status()).as(response.body()).isEqualTo(503);
		assertThat(response.problem()).isEqualTo("database-unavailable");
		assertThat(response.header("Retry-After")).isPresent();
	}

}
