package buddy.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many runs at once over a database: an open run costs neither a connection nor a thread.
 */
class OpenRunsTests {

	private static final int EACH = Nightly.size(200, 5000);

	private static final Duration LONG = Duration.ofMinutes(2);

	@Test
	void manyStreamedRunsAreOpenAtOnceAndAllRecorded() {
		String[] properties = Stream.concat(Stream.of(TestDatabase.H2.create()), Stream.of("test.statements=false"))
			.toArray(String[]::new);
		try (TestApplication application = TestApplication.start(properties, Workflows.class)) {
			Pushing pushing = application.bean(Pushing.class);
			Pulling pulling = application.bean(Pulling.class);
			int threadsBefore = Thread.activeCount();
			List<List<String>> taken = IntStream.range(0, EACH)
				.<List<String>>mapToObj((i) -> Collections.synchronizedList(new ArrayList<>()))
				.toList();
			IntStream.range(0, EACH).forEach((i) -> pushing.run("push-" + i).subscribe(taken.get(i)::add));
			List<Iterator<String>> open = IntStream.range(0, EACH)
				.mapToObj((i) -> pulling.run("pull-" + i).iterator())
				.toList();
			open.forEach((iterator) -> assertThat(iterator.next()).isEqualTo("a"));
			Awaitility.await().atMost(LONG).until(() -> pushing.held().currentSubscriberCount() == EACH);
			assertThat(count(application, "RUNNING")).isEqualTo(2 * EACH);
			noConnectionIsHeld(application);
			// the pool for blocking work has ten threads a core
			int most = threadsBefore + 10 * Runtime.getRuntime().availableProcessors() + 10;
			Awaitility.await().until(() -> Thread.activeCount() <= most);
			pushing.held().tryEmitNext("a").orThrow();
			pushing.held().tryEmitComplete().orThrow();
			open.forEach((iterator) -> assertThat(iterator).toIterable().containsExactly("b"));
			Awaitility.await().atMost(LONG).until(() -> count(application, "COMPLETED") == 2 * EACH);
			assertThat(taken).allSatisfy((items) -> assertThat(items).containsExactly("a"));
		}
	}

	@Test
	void runsThatWaitHoldNoConnection() throws Exception {
		int runs = 200;
		String[] properties = Stream
			.concat(Stream.of(TestDatabase.H2.create()).filter((property) -> !property.contains("maximum-pool-size")),
					Stream.of("spring.datasource.hikari.maximum-pool-size=2"))
			.toArray(String[]::new);
		ExecutorService callers = Executors.newFixedThreadPool(runs);
		try (TestApplication application = TestApplication.start(properties, Workflows.class)) {
			Waiting waiting = application.bean(Waiting.class);
			List<Future<String>> answers = IntStream.range(0, runs)
				.mapToObj((i) -> callers.submit(() -> waiting.run("wait-" + i)))
				.toList();
			assertThat(waiting.arrived().await(60, TimeUnit.SECONDS)).isTrue();
			noConnectionIsHeld(application);
			waiting.goOn().countDown();
			for (Future<String> answer : answers) {
				assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("done");
			}
			assertThat(count(application, "COMPLETED")).isEqualTo(runs);
		}
		finally {
			callers.shutdownNow();
		}
	}

	// the application's own background work borrows one for a moment; what a run held it
	// would hold for good
	private static void noConnectionIsHeld(TestApplication application) {
		Awaitility.await().until(() -> application.connectionsInUse() == 0);
	}

	private static int count(TestApplication application, String status) {
		Integer count = new JdbcTemplate(application.bean(DataSource.class))
			.queryForObject("select count(*) from buddy_workflow_run where status = ?", Integer.class, status);
		return (count != null) ? count : 0;
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Pushing pushing() {
			return new Pushing();
		}

		@Bean
		Pulling pulling() {
			return new Pulling();
		}

		@Bean
		Waiting waiting() {
			return new Waiting();
		}

	}

	static class Pushing extends Workflow {

		private final Sinks.Many<String> held = Sinks.many().multicast().directBestEffort();

		Flux<String> run(@SessionId String sessionId) {
			return this.held.asFlux();
		}

		Sinks.Many<String> held() {
			return this.held;
		}

	}

	static class Pulling extends Workflow {

		Stream<String> run(@SessionId String sessionId) {
			return Stream.of("a", "b");
		}

	}

	static class Waiting extends Workflow {

		private final CountDownLatch arrived = new CountDownLatch(200);

		private final CountDownLatch goOn = new CountDownLatch(1);

		String run(@SessionId String sessionId) throws InterruptedException {
			this.arrived.countDown();
			assertThat(this.goOn.await(60, TimeUnit.SECONDS)).isTrue();
			return "done";
		}

		CountDownLatch arrived() {
			return this.arrived;
		}

		CountDownLatch goOn() {
			return this.goOn;
		}

	}

}
