package buddy.nodes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.event.EventPosition;
import buddy.event.RunEventStream;
import buddy.event.RunEventStreams;
import buddy.event.StoredEvent;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.testkit.TestApplication;
import buddy.testkit.TestApplication.Statement;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The events of a run of one node, followed from another, and after a restart.
 */
class OtherNodeEventTests {

	private static String[] database;

	private static TestApplication here;

	private static TestApplication there;

	@BeforeAll
	static void start() {
		database = TestDatabase.POSTGRESQL.create();
		here = TestApplication.start(database, Workflows.class);
		there = TestApplication.start(database, Workflows.class);
	}

	@AfterAll
	static void stop() {
		for (TestApplication application : new TestApplication[] { here, there }) {
			if (application != null) {
				application.close();
			}
		}
	}

	@Test
	void runIsFollowedLiveFromAnotherNode() throws Exception {
		Telling telling = there.bean(Telling.class);
		telling.allow(10);
		CompletableFuture<Void> running = inBackground(() -> telling.run("s-" + UUID.randomUUID(), 100, true));
		String run = telling.awaitRun();

		// goes on only as far as it is followed
		List<StoredEvent> read = follow(here, run, null, (event) -> telling.allow(1));

		running.get();
		assertThat(read).extracting(StoredEvent::position)
			.containsExactlyElementsOf(IntStream.rangeClosed(0, 101).mapToObj((i) -> new EventPosition(0, i)).toList());
		assertThat(read.get(0).name()).isEqualTo("WorkflowStarted");
		assertThat(read.get(101).name()).isEqualTo("WorkflowCompleted");
	}

	@Test
	void manyReadersOfBothNodesGetTheSame() throws Exception {
		Telling telling = there.bean(Telling.class);
		CompletableFuture<Void> running = inBackground(() -> telling.run("s-" + UUID.randomUUID(), 600, false));
		String run = telling.awaitRun();
		List<CompletableFuture<List<StoredEvent>>> readers = new ArrayList<>();
		for (TestApplication node : List.of(here, there, here, there)) {
			CompletableFuture<List<StoredEvent>> reader = new CompletableFuture<>();
			readers.add(reader);
			inBackground(() -> reader.complete(follow(node, run, null, (event) -> {
			})));
		}
		running.get();
		List<StoredEvent> all = follow(here, run, null, (event) -> {
		});
		assertThat(all).hasSize(602);
		assertThat(readers)
			.allSatisfy((reader) -> assertThat(reader).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(all));
		assertThat(all.stream().filter((event) -> event.name().equals("CustomEvent"))).hasSize(600)
			.extracting(StoredEvent::position)
			.doesNotHaveDuplicates();
	}

	@Test
	void finishedRunIsReplayedAfterARestart() throws Exception {
		TestApplication first = TestApplication.start(database, Workflows.class);
		Telling telling = first.bean(Telling.class);
		inBackground(() -> telling.run("s-" + UUID.randomUUID(), 300, false)).get();
		String run = telling.awaitRun();
		List<StoredEvent> before = follow(first, run, null, (event) -> {
		});
		first.close();
		try (TestApplication second = TestApplication.start(database, Workflows.class)) {
			assertThat(follow(second, run, null, (event) -> {
			})).isEqualTo(before).hasSize(302);
			assertThat(follow(second, run, before.get(150).position(), (event) -> {
			})).isEqualTo(before.subList(151, 302));
			assertThat(second.bean(RunEventStreams.class).open(run, before.get(301).position()).ended()).isTrue();
		}
	}

	@Test
	void eventsOfALongRunCostBatchesAndThoseWhoWaitOneQueryTogether() throws Exception {
		Telling telling = there.bean(Telling.class);
		there.statements();
		long begun = System.nanoTime();
		inBackground(() -> telling.run("s-" + UUID.randomUUID(), 1000, false)).get();
		long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
		String run = telling.awaitRun();
		// what is there is stored every 50 ms, and a slow machine takes longer
		int most = (int) (12 + millis / 50);
		assertThat(there.statements()).extracting(Statement::sql)
			.filteredOn((sql) -> sql.contains("buddy_workflow_run_event"))
			.hasSizeBetween(2, most)
			.allMatch((sql) -> sql.startsWith("insert"));
		assertThat(follow(here, run, null, (event) -> {
		})).hasSize(1002);
	}

	private static List<StoredEvent> follow(TestApplication node, String run, EventPosition after,
			java.util.function.Consumer<StoredEvent> custom) {
		List<StoredEvent> all = new ArrayList<>();
		Semaphore woken = new Semaphore(0);
		try (RunEventStream stream = node.bean(RunEventStreams.class).open(run, after)) {
			stream.follow(Duration.ofSeconds(10), woken::release);
			while (!stream.ended()) {
				List<StoredEvent> next = stream.next(50);
				next.stream().filter((event) -> event.name().equals("CustomEvent")).forEach(custom);
				all.addAll(next);
				if (next.isEmpty() && !stream.ended()) {
					woken.acquireUninterruptibly();
				}
			}
		}
		return all;
	}

	private static CompletableFuture<Void> inBackground(Runnable body) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				body.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return done;
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Telling telling() {
			return new Telling();
		}

	}

	static class Telling extends Workflow {

		private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();

		private final Semaphore allowed = new Semaphore(0);

		void allow(int events) {
			this.allowed.release(events);
		}

		String awaitRun() throws InterruptedException {
			return this.begun.take();
		}

		String run(@SessionId String session, int events, boolean paced) {
			this.begun.add(RunContext.current().runId());
			for (int i = 1; i <= events; i++) {
				if (paced) {
					this.allowed.acquireUninterruptibly();
				}
				RunContext.current().emit(RunResponseEvent.custom("told", i));
			}
			return "done";
		}

	}

}
