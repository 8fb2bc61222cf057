package buddy.nodes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.json.internal.Json;
import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.SessionBusyException;
import buddy.session.SessionConcurrency;
import buddy.storage.EndOutcome;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.StoredRun;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.DelegatingRepository;
import buddy.workflow.NotRecorded;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads run many times each in one session: on PostgreSQL from two applications
 * over one database, on the others from one.
 */
class SharedSessionTests {

	private static final int THREADS = Nightly.size(8, 64);

	private static final int RUNS = Nightly.size(10, 100);

	private static final int ALL = THREADS * RUNS;

	private static final Map<TestDatabase, List<TestApplication>> nodes = new EnumMap<>(TestDatabase.class);

	private final String session = "s-" + UUID.randomUUID();

	@AfterAll
	static void stop() {
		nodes.values().forEach((applications) -> applications.forEach(TestApplication::close));
		nodes.clear();
	}

	@ParameterizedTest
	@EnumSource
	void mergedRunsLoseNothingAndEachConflictIsCounted(TestDatabase database) throws Exception {
		List<TestApplication> applications = nodes(database);
		List<Probe> probes = applications.stream().map((application) -> application.bean(Probe.class)).toList();
		probes.forEach(Probe::reset);

		everybodyRuns(applications, SessionConcurrency.MERGE);

		Map<String, Object> state = state(applications);
		assertThat(state).containsEntry("shared", ALL).hasSize(THREADS + 2);
		IntStream.range(0, THREADS).forEach((i) -> assertThat(state).containsEntry("own-" + i, RUNS));
		assertThat(runs(applications)).hasSize(ALL)
			.allSatisfy((run) -> assertThat(run.status()).isEqualTo(RunStatus.COMPLETED));
		int merged = probes.stream().mapToInt((probe) -> probe.merged.get()).sum();
		int counted = probes.stream().mapToInt((probe) -> probe.conflicts.get()).sum();
		assertThat(counted).as("conflicts counted").isEqualTo(merged);
		assertThat(merged).as("runs whose session changed under them").isPositive();
	}

	@ParameterizedTest
	@EnumSource
	void waitingRunsGoOneAfterTheOther(TestDatabase database) throws Exception {
		List<TestApplication> applications = nodes(database);
		List<Probe> probes = applications.stream().map((application) -> application.bean(Probe.class)).toList();
		probes.forEach(Probe::reset);

		int accepted = everybodyRuns(applications, SessionConcurrency.WAIT);

		assertThat(accepted).isEqualTo(ALL);
		assertThat(state(applications)).containsEntry("shared", ALL);
		assertThat(runs(applications)).hasSize(ALL)
			.allSatisfy((run) -> assertThat(run.status()).isEqualTo(RunStatus.COMPLETED));
		assertThat(probes).allSatisfy((probe) -> assertThat(probe.merged).hasValue(0));
	}

	@ParameterizedTest
	@EnumSource
	void refusedRunsAreNotCountedAndLeaveNoTrace(TestDatabase database) throws Exception {
		List<TestApplication> applications = nodes(database);

		int accepted = everybodyRuns(applications, SessionConcurrency.REJECT);

		assertThat(accepted).isBetween(1, ALL);
		assertThat(state(applications)).containsEntry("shared", accepted);
		assertThat(runs(applications)).hasSize(accepted)
			.allSatisfy((run) -> assertThat(run.status()).isEqualTo(RunStatus.COMPLETED));
	}

	/** Returns how many were not refused. */
	private int everybodyRuns(List<TestApplication> applications, SessionConcurrency policy) throws Exception {
		WorkflowScope scope = WorkflowScope.empty().concurrency(policy).waitTimeout(Duration.ofMinutes(4));
		AtomicInteger accepted = new AtomicInteger();
		// the first runs that share the session are all in it at once
		CyclicBarrier meeting = new CyclicBarrier((policy == SessionConcurrency.MERGE) ? THREADS : 1);
		ExecutorService executor = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<?>> futures = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				int number = thread;
				MeterWorkflow meter = applications.get(thread % applications.size()).bean(MeterWorkflow.class);
				futures.add(executor.submit(() -> {
					for (int i = 0; i < RUNS; i++) {
						try {
							CyclicBarrier first = (i == 0) ? meeting : new CyclicBarrier(1);
							scope.run(() -> meter.run(this.session, number, first));
							accepted.incrementAndGet();
						}
						catch (SessionBusyException ex) {
							assertThat(policy).isEqualTo(SessionConcurrency.REJECT);
						}
					}
				}));
			}
			for (Future<?> future : futures) {
				future.get();
			}
			return accepted.get();
		}
		finally {
			executor.shutdownNow();
		}
	}

	private Map<String, Object> state(List<TestApplication> applications) {
		return Json.readMap(
				applications.get(0).bean(WorkflowSessionRepository.class).find(this.session).orElseThrow().state());
	}

	private List<StoredRun> runs(List<TestApplication> applications) {
		WorkflowSessionRepository repository = applications.get(0).bean(WorkflowSessionRepository.class);
		List<StoredRun> runs = new ArrayList<>();
		RunPage page = RunPage.first(1000);
		List<StoredRun> found = repository.runs(this.session, page);
		while (!found.isEmpty()) {
			runs.addAll(found);
			page = page.after(found.get(found.size() - 1).cursor());
			found = repository.runs(this.session, page);
		}
		return runs;
	}

	private static synchronized List<TestApplication> nodes(TestDatabase database) {
		return nodes.computeIfAbsent(database, (missing) -> {
			String[] properties = Stream.of(missing.create(), new String[] { "logging.level.buddy=error" })
				.flatMap(Stream::of)
				.toArray(String[]::new);
			return IntStream.range(0, (missing == TestDatabase.POSTGRESQL) ? 2 : 1)
				.mapToObj((i) -> TestApplication.start(properties, Workflows.class))
				.toList();
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		MeterWorkflow meterWorkflow() {
			return new MeterWorkflow();
		}

		@Bean
		static Probe probe() {
			return new Probe();
		}

	}

	static class MeterWorkflow extends Workflow {

		void run(@SessionId String session, int thread, @NotRecorded CyclicBarrier meeting) {
			sessionState().increment("shared", 1);
			sessionState().increment("own-" + thread, 1);
			sessionState().put("last", runId());
			try {
				meeting.await(2, TimeUnit.MINUTES);
			}
			catch (InterruptedException | BrokenBarrierException | TimeoutException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * Counts the conflicts that are told, and apart from that the ends that were stored
	 * on another version of the session than their runs began with.
	 */
	static class Probe implements BeanPostProcessor, RunEventListener {

		private final AtomicInteger conflicts = new AtomicInteger();

		private final AtomicInteger merged = new AtomicInteger();

		void reset() {
			this.conflicts.set(0);
			this.merged.set(0);
		}

		@Override
		public void onEvent(RunContext run, RunResponseEvent event) {
		}

		@Override
		public void onSessionStateConflict(RunContext run, List<String> keys) {
			assertThat(keys).containsExactly("last");
			this.conflicts.incrementAndGet();
		}

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (bean instanceof WorkflowSessionRepository repository) ? new Watched(repository) : bean;
		}

		private final class Watched extends DelegatingRepository {

			private final Map<String, Long> versions = new ConcurrentHashMap<>();

			Watched(WorkflowSessionRepository delegate) {
				super(delegate);
			}

			@Override
			public OpenedSession begin(NewRun run) {
				return begun(run, super.begin(run));
			}

			@Override
			public java.util.Optional<OpenedSession> enter(NewRun run) {
				return super.enter(run).map((opened) -> begun(run, opened));
			}

			private OpenedSession begun(NewRun run, OpenedSession opened) {
				this.versions.put(run.runId(), opened.session().version());
				return opened;
			}

			@Override
			public EndOutcome endMerged(RunEnd end, Function<StoredSession, RunEnd.StateChange> merge) {
				long[] version = new long[1];
				EndOutcome outcome = super.endMerged(end, (now) -> {
					version[0] = now.version();
					return merge.apply(now);
				});
				if (outcome == EndOutcome.STORED && version[0] != this.versions.get(end.run().runId())) {
					Probe.this.merged.incrementAndGet();
				}
				return outcome;
			}

		}

	}

}
