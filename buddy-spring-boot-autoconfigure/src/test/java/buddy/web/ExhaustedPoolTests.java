package buddy.web;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All connections of the pool are in use for longer than requests wait for one.
 */
class ExhaustedPoolTests {

	private static final int POOL = 5;

	private static final String RUNS = "/buddy/workflows/echo/runs";

	private static final String BODY = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	@Test
	void requestsAreRefusedWithoutAnyRunAndServedWhenThereAreConnectionsAgain() throws SQLException {
		try (WebApplication application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "spring.datasource.hikari.maximum-pool-size=" + POOL,
						"spring.datasource.hikari.connection-timeout=300" })) {
			Http http = application.http();
			assertThat(http.post(RUNS, BODY).status()).isEqualTo(200);

			List<Connection> held = new ArrayList<>();
			try {
				DataSource pool = application.bean(DataSource.class);
				for (int i = 0; i < POOL; i++) {
					held.add(pool.getConnection());
				}
				unavailable(http.get("/buddy/runs"));
				unavailable(http.post(RUNS, BODY));
				unavailable(http.with("Prefer", "respond-async").post(RUNS, BODY));
				unavailable(http.with("Accept", "text/event-stream").post(RUNS, BODY));
				assertThat(http.get("/buddy/workflows").status()).isEqualTo(200);
			}
			finally {
				for (Connection connection : held) {
					connection.close();
				}
			}

			assertThat(new JdbcTemplate(application.bean(DataSource.class))
				.queryForObject("select count(*) from buddy_workflow_run", Integer.class)).isOne();
			assertThat(http.post(RUNS, BODY).status()).isEqualTo(200);
		}
	}

	private static void unavailable(Response response) {
		assertThat(response.status()).as(response.body()).isEqualTo(503);
		assertThat(response.problem()).isEqualTo("database-unavailable");
		assertThat(response.header("Retry-After")).isPresent();
	}

}
