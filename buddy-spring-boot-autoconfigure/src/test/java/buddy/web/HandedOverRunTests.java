package buddy.web;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client waits for a run whose application stops, and finds it where it goes on.
 */
class HandedOverRunTests {

	private static final String[] SETTINGS = { "buddy.runs.shutdown-grace=0s", "buddy.durable.recover=auto",
			"buddy.node.lease=2m", "buddy.node.heartbeat-interval=500ms" };

	private static final CountDownLatch begun = new CountDownLatch(1);

	private static volatile boolean done;

	@Test
	void clientThatWaitsIsToldWhereTheRunGoesOn() throws Exception {
		String[] database = TestDatabase.H2.create();
		CompletableFuture<Response> answer = new CompletableFuture<>();
		try (WebApplication stopping = WebApplication.start(database, SETTINGS, Workflows.class)) {
			Http http = stopping.http();
			Thread client = new Thread(() -> answer.complete(http.post("/buddy/workflows/waiting/runs", "{}")));
			client.setDaemon(true);
			client.start();
			begun.await();
		}

		assertThat(answer).succeedsWithin(Duration.ofSeconds(30)).satisfies((response) -> {
			assertThat(response.status()).as(response.body()).isEqualTo(202);
			assertThat(response.header("Location")).hasValueSatisfying(
					(location) -> assertThat(location).endsWith("/buddy/runs/" + response.at("run_id")));
		});
		done = true;
		try (WebApplication again = WebApplication.start(database, SETTINGS, Workflows.class)) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(
						() -> assertThat(again.http().get("/buddy/runs/" + answer.join().at("run_id")).at("status"))
							.isEqualTo("COMPLETED"));
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Waiting waiting() {
			return new Waiting();
		}

	}

	static class Waiting extends Workflow {

		public String run() {
			begun.countDown();
			Awaitility.await().pollInSameThread().atMost(Duration.ofMinutes(1)).until(() -> done || cancelled());
			return step("end", () -> "done");
		}

	}

}
