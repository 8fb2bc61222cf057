package buddy.web;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What there is only so much of, and who is served at all.
 */
@ExtendWith(OutputCaptureExtension.class)
class LimitTests {

	private static final String RUNS = "/buddy/workflows/echo/runs";

	private static final String GOOD = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	@Test
	void withoutAPlaceForAStreamNothingIsStarted() {
		try (WebApplication application = WebApplication.open("buddy.web.max-streams=0")) {
			Response refused = application.http().with("Accept", "text/event-stream").post(RUNS, GOOD);
			assertThat(refused.status()).isEqualTo(503);
			assertThat(refused.problem()).isEqualTo("overloaded");
			assertThat(refused.header("Retry-After")).contains("5");
			assertThat(application.stored().get("runs")).isEmpty();
		}
	}

	@Test
	void placesOfStreamsAreGivenBack() {
		try (WebApplication application = WebApplication.open("buddy.web.max-streams=1")) {
			for (int i = 0; i < 5; i++) {
				assertThat(application.http().with("Accept", "text/event-stream").post(RUNS, GOOD).status())
					.isEqualTo(200);
				Awaitility.await().until(() -> application.bean(Streams.class).open() == 0);
			}
			assertThat(application.http().with("Accept", "text/event-stream").post(RUNS, "{\"input\":{}}").problem())
				.isEqualTo("invalid-input");
			Awaitility.await().until(() -> application.bean(Streams.class).open() == 0);
		}
	}

	@Test
	void streamsAreCountedByUser() {
		StreamLimits limits = new StreamLimits(3, 2);
		Runnable first = limits.take("ada");
		limits.take("ada");
		assertThatThrownBy(() -> limits.take("ada")).isInstanceOf(Problem.Refusal.class);
		limits.take("bob");
		assertThatThrownBy(() -> limits.take("eve")).isInstanceOf(Problem.Refusal.class);
		first.run();
		first.run();
		assertThat(limits.total()).isEqualTo(2);
		limits.take("eve");
		assertThatThrownBy(() -> limits.take("ada")).isInstanceOf(Problem.Refusal.class);
	}

	@Test
	void busyExecutorTakesNoMoreAndStartsNothing() {
		try (WebApplication application = WebApplication.open("spring.task.execution.pool.core-size=1",
				"spring.task.execution.pool.max-size=1", "spring.task.execution.pool.queue-capacity=1",
				"spring.threads.virtual.enabled=false", "buddy.web.start-timeout=200ms")) {
			Http async = application.http().with("Prefer", "respond-async");
			// one that does not begin in time is refused, and comes again unless it
			// begins late
			Awaitility.await()
				.until(() -> !application.stored().get("runs").isEmpty()
						|| async.post("/buddy/workflows/gated/runs", "{}").status() == 202);
			Response late = async.post(RUNS, GOOD);
			assertThat(late.status()).isEqualTo(503);
			assertThat(late.problem()).isEqualTo("overloaded");
			Response full = async.post(RUNS, GOOD);
			assertThat(full.status()).isEqualTo(503);
			assertThat(full.header("Retry-After")).isPresent();
			application.gate().open();
			Awaitility.await().until(() -> async.post(RUNS, GOOD).status() == 202);
			Awaitility.await().until(() -> application.http().get("/buddy/runs?status=COMPLETED").items().size() == 2);
			assertThat(application.stored().get("runs")).as("the two that were refused did not begin").hasSize(2);
		}
	}

	@Test
	void startsThatWaitForTheExecutorLeaveTheThreadsToOthers() {
		try (WebApplication application = WebApplication.open("spring.task.execution.pool.core-size=1",
				"spring.task.execution.pool.max-size=1", "spring.threads.virtual.enabled=false",
				"server.tomcat.threads.max=3")) {
			Http async = application.http().with("Prefer", "respond-async");
			assertThat(async.post("/buddy/workflows/gated/runs", "{}").status()).isEqualTo(202);
			Http events = application.http().with("Accept", "text/event-stream");
			List<CompletableFuture<Response>> waiting = IntStream.range(0, 12)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> ((i % 2 == 0) ? async : events).post(RUNS, GOOD),
						(task) -> new Thread(task).start()))
				.toList();
			ThreadPoolTaskExecutor executor = application.bean(ThreadPoolTaskExecutor.class);
			Awaitility.await().until(() -> executor.getQueueSize() == waiting.size());
			assertThat(application.http().get("/buddy/workflows").status()).isEqualTo(200);
			assertThat(waiting).noneMatch(CompletableFuture::isDone);
			application.gate().open();
			for (int i = 0; i < waiting.size(); i++) {
				Response response = waiting.get(i).join();
				assertThat(response.status()).as(response.body()).isEqualTo((i % 2 == 0) ? 202 : 200);
				assertThat(response.body()).contains((i % 2 == 0) ? "run_id" : "WorkflowCompleted");
			}
			Awaitility.await().until(() -> application.bean(Streams.class).open() == 0);
		}
	}

	@Test
	void onlyThisMachineIsServedUnlessAllAre(CapturedOutput output) throws Exception {
		Optional<InetAddress> own = Collections.list(NetworkInterface.getNetworkInterfaces())
			.stream()
			.flatMap((network) -> Collections.list(network.getInetAddresses()).stream())
			.filter((address) -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
			.findFirst();
		Assumptions.assumeTrue(own.isPresent(), "this machine has no address in a network");
		try (WebApplication application = WebApplication.open()) {
			Response refused = application.http().from(own.get()).post(RUNS, GOOD);
			assertThat(refused.status()).isEqualTo(403);
			assertThat(refused.problem()).isEqualTo("forbidden-client");
			assertThat((String) refused.at("detail")).contains("buddy.web.allow-remote");
			assertThat(application.stored().get("runs")).isEmpty();
		}
		assertThat(output).doesNotContain("buddy.web.allow-remote=true without");
		try (WebApplication application = WebApplication.open("buddy.web.allow-remote=true")) {
			assertThat(application.http()
				.from(own.get())
				.with("Host", "workflows.example.org")
				.with("X-Forwarded-For", "203.0.113.9")
				.post(RUNS, GOOD)
				.status()).isEqualTo(200);
			assertThat(application.http().with("Origin", "https://evil.example").post(RUNS, GOOD).status())
				.isEqualTo(403);
		}
		assertThat(output).contains("buddy.web.allow-remote=true without Spring Security");
	}

	@Test
	void proxyIsSeenThoughItsHeadersAreTakenAway() {
		try (WebApplication application = WebApplication.open("server.forward-headers-strategy=framework")) {
			assertThat(application.http().with("X-Forwarded-For", "127.0.0.1").post(RUNS, GOOD).status())
				.isEqualTo(403);
			assertThat(application.http().post(RUNS, GOOD).status()).isEqualTo(200);
		}
		// here the container hides whether there was a proxy
		try (WebApplication application = WebApplication.open("server.forward-headers-strategy=native")) {
			assertThat(application.http().with("X-Forwarded-For", "127.0.0.1").post(RUNS, GOOD).status())
				.isEqualTo(403);
			assertThat(application.http().post(RUNS, GOOD).problem()).isEqualTo("forbidden-client");
			assertThat(application.stored().get("runs")).isEmpty();
		}
	}

	@Test
	void logTellsNothingOfWhatWasSaid(CapturedOutput output) {
		try (WebApplication application = WebApplication.open("buddy.runs.log-failures=false")) {
			Http http = application.http();
			http.post(RUNS,
					"{\"input\":{\"text\":\"PAYLOAD\",\"times\":1},\"session\":{\"session_state\":{\"a\":\"PAYLOAD\"}}}");
			http.post("/buddy/workflows/failing/runs", "{\"input\":{\"text\":\"PAYLOAD\"}}");
			http.post(RUNS, "{\"input\":{\"PAYLOAD\":1}}");
			http.post(RUNS, "PAYLOAD");
		}
		assertThat(output).doesNotContain("PAYLOAD");
	}

}
