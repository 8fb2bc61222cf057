package buddy.web;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import buddy.run.RunFencedException;
import buddy.run.RunTimedOutException;
import buddy.session.InvalidIdException;
import buddy.session.SessionBusyException;
import buddy.session.SessionNotFoundException;
import buddy.session.WorkflowSessions;
import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.StartOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients get of exceptions: buddy's in the application's controllers, and the
 * application's in workflows.
 */
class ApplicationProblemTests {

	private static WebApplication application;

	@BeforeAll
	static void start() {
		application = WebApplication.start(TestDatabase.H2.create(), new String[0], Controllers.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void controllersAnswerBuddysExceptionsAsTheRoutesDo() {
		Http http = application.http();
		Response missing = http.get("/mine/session-not-found");
		assertThat(missing.status()).isEqualTo(404);
		assertThat(missing.problem()).isEqualTo("session-not-found");
		assertThat(missing.header("Content-Type")).hasValue("application/problem+json");
		Response busy = http.get("/mine/busy");
		assertThat(busy.status()).isEqualTo(409);
		assertThat(busy.problem()).isEqualTo("session-busy");
		assertThat(busy.at("session_id")).isEqualTo("s1");
		assertThat(busy.header("Retry-After")).hasValue("1");
		assertThat(http.get("/mine/no-workflow").problem()).isEqualTo("workflow-not-found");
		Response late = http.get("/mine/late");
		assertThat(late.status()).isEqualTo(504);
		assertThat(late.problem()).isEqualTo("run-timed-out");
		assertThat(late.at("run_id")).isEqualTo("r1");
		assertThat(http.get("/mine/input").status()).isEqualTo(422);
		assertThat(http.get("/mine/later").problem()).isEqualTo("session-busy");
	}

	@Test
	void applicationsOwnExceptionHandlersComeFirst() {
		Response own = application.http().get("/mine/bad-id");
		assertThat(own.status()).isEqualTo(418);
		assertThat(own.body()).isEqualTo("own handler");
		assertThat(application.http().get("/mine/other").status()).isEqualTo(500);
	}

	@Test
	void problemDetailsOfControllersCanBeSwitchedOff() {
		try (WebApplication plain = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.problem-details.enabled=false" }, Controllers.class)) {
			Response missing = plain.http().get("/mine/session-not-found");
			assertThat(missing.status()).isEqualTo(500);
			assertThat(missing.body()).doesNotContain("urn:buddy");
			assertThat(plain.http().get("/buddy/sessions/none").problem()).isEqualTo("session-not-found");
		}
	}

	@Test
	void workflowsExceptionIsTheProblemThatTheApplicationMapsItTo() {
		Http http = application.http().with("Idempotency-Key", "k1");
		String body = "{\"input\":{\"item\":\"lamp\"}}";
		Response first = http.post("/buddy/workflows/ordering/runs", body);
		assertThat(first.status()).as(first.body()).isEqualTo(409);
		assertThat(first.json()).containsEntry("type", "https://shop.example/problems/out-of-stock")
			.containsEntry("detail", "no lamp is left")
			.containsEntry("stock", Map.of("left", 0))
			.containsEntry("instance", "/buddy/workflows/ordering/runs");
		Response again = http.post("/buddy/workflows/ordering/runs", body);
		assertThat(again.json()).isEqualTo(first.json());
		assertThat(again.status()).isEqualTo(409);
	}

	@Test
	void mappedProblemHasTheTypeOfFailedRunsUnlessItNamesAnother() {
		Response plain = application.http().post("/buddy/workflows/ordering/runs", "{\"input\":{\"item\":\"plain\"}}");
		assertThat(plain.status()).isEqualTo(402);
		assertThat(plain.problem()).isEqualTo("run-failed");
		assertThat(plain.at("run_id")).asString().isNotEmpty();
	}

	@Test
	void failingMapperAndUnknownExceptionsAreFailedRuns() {
		Response broken = application.http().post("/buddy/workflows/ordering/runs", "{\"input\":{\"item\":\"bug\"}}");
		assertThat(broken.status()).isEqualTo(500);
		assertThat(broken.problem()).isEqualTo("run-failed");
		Response other = application.http().post("/buddy/workflows/failing/runs", "{\"input\":{\"text\":\"a\"}}");
		assertThat(other.status()).isEqualTo(500);
		assertThat(other.problem()).isEqualTo("run-failed");
		assertThat(other.body()).doesNotContain("secret");
	}

	@Test
	void callerOfARunThatAnotherNodeHasTakenIsToldSo() {
		Response taken = application.http().post("/buddy/workflows/ordering/runs", "{\"input\":{\"item\":\"taken\"}}");
		assertThat(taken.status()).isEqualTo(500);
		assertThat(taken.problem()).isEqualTo("run-fenced");
		assertThat(taken.at("run_id")).asString().hasSize(36);
	}

	static class OutOfStockException extends RuntimeException {

		OutOfStockException(String message) {
			super(message);
		}

	}

	static class OrderingWorkflow extends Workflow {

		String run(String item) {
			if (item.equals("taken")) {
				throw new RunFencedException(runId(), "another node has taken it");
			}
			throw new OutOfStockException("no " + item + " is left");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Controllers {

		@Bean
		OrderingWorkflow ordering() {
			return new OrderingWorkflow();
		}

		@Bean
		Mine mine(WorkflowSessions sessions, WorkflowRegistry registry) {
			return new Mine(sessions, registry);
		}

		@Bean
		Advice advice() {
			return new Advice();
		}

		@Bean
		RunProblemMapper outOfStock() {
			return (run) -> {
				if (!run.isCausedBy(OutOfStockException.class)) {
					return null;
				}
				if (String.valueOf(run.message()).contains("bug")) {
					throw new IllegalStateException("a bug of the mapper");
				}
				if (String.valueOf(run.message()).contains("plain")) {
					return ProblemDetail.forStatus(HttpStatus.PAYMENT_REQUIRED);
				}
				ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, run.message());
				problem.setType(URI.create("https://shop.example/problems/out-of-stock"));
				problem.setProperty("stock", Map.of("left", 0));
				return problem;
			};
		}

	}

	@RestController
	static class Mine {

		private final WorkflowSessions sessions;

		private final WorkflowRegistry registry;

		Mine(WorkflowSessions sessions, WorkflowRegistry registry) {
			this.sessions = sessions;
			this.registry = registry;
		}

		@GetMapping("/mine/session-not-found")
		String notFound() {
			throw new SessionNotFoundException("s1");
		}

		@GetMapping("/mine/busy")
		String busy() {
			throw new SessionBusyException("s1", "r1", "Try again later");
		}

		@GetMapping("/mine/later")
		CompletableFuture<String> later() {
			return CompletableFuture.failedFuture(new SessionBusyException("s1", "r1", "Try again later"));
		}

		@GetMapping("/mine/no-workflow")
		String noWorkflow() {
			return this.registry.start("none", Map.of(), StartOptions.here()).toString();
		}

		@GetMapping("/mine/input")
		String input() {
			return this.registry.start("ordering", Map.of("item", Map.of()), StartOptions.here()).toString();
		}

		@GetMapping("/mine/late")
		String late() {
			throw new RunTimedOutException("r1", "it took longer than 1s");
		}

		@GetMapping("/mine/bad-id")
		String badId() {
			return this.sessions.find("a/b").toString();
		}

		@GetMapping("/mine/other")
		String other() {
			throw new IllegalStateException("the application's own");
		}

	}

	@RestControllerAdvice
	static class Advice {

		@ExceptionHandler(InvalidIdException.class)
		org.springframework.http.ResponseEntity<String> badId() {
			return org.springframework.http.ResponseEntity.status(418).body("own handler");
		}

	}

}
