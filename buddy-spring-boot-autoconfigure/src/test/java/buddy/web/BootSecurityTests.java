package buddy.web;

import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that declares nothing of its own, with Spring Boot's security.
 */
@Tag("boot-security")
class BootSecurityTests {

	private static final String RUNS = "/buddy/workflows/echo/runs";

	private static final String GOOD = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	@Test
	void routesHaveTheirChainAndTheRestHasBoots() {
		try (WebApplication application = start("operator")) {
			Response nobody = application.http().get("/buddy/workflows");
			assertThat(nobody.status()).isEqualTo(401);
			assertThat(nobody.problem()).isEqualTo("unauthorized");
			Http alice = application.http().as("alice");
			assertThat(alice.post(RUNS, GOOD).status()).isEqualTo(200);
			assertThat(alice.get("/buddy/runs").items()).singleElement()
				.satisfies((run) -> assertThat(run).containsEntry("user_id", "alice"));
			assertThat(application.http().get("/elsewhere").status()).isEqualTo(401);
		}
	}

	@Test
	void browserIsLedFromTheConsoleToTheLogin() {
		try (WebApplication application = start("viewer", "buddy.console.enabled=true")) {
			Response nobody = application.http().with("Accept", "text/html").get("/buddy/console/");
			assertThat(nobody.status()).isEqualTo(302);
			assertThat(nobody.header("Location").orElseThrow()).endsWith("/login");
			assertThat(application.http().as("alice").get("/buddy/console/").status()).isEqualTo(200);
		}
	}

	@Test
	void userWithoutARoleOfTheRoutesIsRefused() {
		try (WebApplication application = start("staff")) {
			assertThat(application.http().as("alice").get("/buddy/workflows").problem()).isEqualTo("forbidden");
		}
	}

	private static WebApplication start(String role, String... properties) {
		return WebApplication.start(TestDatabase.H2.create(),
				Stream.concat(Stream.of("spring.security.user.name=alice", "spring.security.user.password=secret",
						"spring.security.user.roles=" + role,
						// is there for other tests
						"spring.flyway.enabled=false"), Stream.of(properties))
					.toArray(String[]::new));
	}

}
