package buddy.storage.jpa;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.event.EventPosition;
import buddy.event.RecordingOptions;
import buddy.event.RunEventRecorder;
import buddy.event.RunEventStore;
import buddy.event.RunEventStreams;
import buddy.event.StoredEvent;
import buddy.run.RunContext;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.testkit.TestRun;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The connection to PostgreSQL is cut while events are stored, before the statement and
 * after it, where only its answer is lost: each event is there once, and in order.
 */
@ParameterizedClass(name = "auto-commit {0}")
@ValueSource(booleans = { true, false })
class EventCutTests {

	private final CuttingDataSource connections;

	private final HikariDataSource pool = new HikariDataSource();

	private final RunEventStore store;

	private final WorkflowSessionRepository runs;

	EventCutTests(boolean autoCommit) throws SQLException {
		if (!autoCommit) {
			Nightly.only("the same with auto-commit, as pools have it");
		}
		TestApplication application = JpaStorage.on(TestDatabase.POSTGRESQL, true).application();
		this.connections = new CuttingDataSource(
				application.bean(DataSource.class).unwrap(HikariDataSource.class).getJdbcUrl());
		this.pool.setDataSource(this.connections);
		this.pool.setAutoCommit(autoCommit);
		this.pool.setMaximumPoolSize(2);
		this.store = new JpaRunEventStore(this.pool, StorageTimeouts.NONE);
		this.runs = application.bean(WorkflowSessionRepository.class);
	}

	@AfterEach
	void close() {
		this.pool.close();
	}

	@AfterAll
	static void closeAll() {
		JpaStorage.emptyAll();
	}

	@Test
	void batchIsStoredWholeOrNotAtAllAndCanBeStoredAgain() {
		this.connections.cutAt(0, false);
		this.store.append(events(begin(), 1, 50));
		int points = this.connections.points();
		assertThat(points).isPositive();
		for (int point = 1; point <= points; point++) {
			for (boolean answerIsLost : new boolean[] { false, true }) {
				String run = begin();
				this.connections.cutAt(point, answerIsLost);

				Throwable thrown = catchThrowable(() -> this.store.append(events(run, 1, 50)));

				this.connections.cutAt(0, false);
				assertThat(thrown).isNotNull();
				assertThat(numbers(run)).hasSize((answerIsLost && point == points) ? 50 : 0);
				this.store.append(events(run, 1, 70));
				assertThat(numbers(run)).containsExactlyElementsOf(LongStream.rangeClosed(1, 70).boxed().toList());
			}
		}
	}

	@Test
	void runWhoseStoreIsCutAgainAndAgainHasEachEventOnce() {
		RunEventStreams streams = new RunEventStreams(this.store, () -> this.runs, Duration.ofMillis(20));
		RunEventRecorder recorder = new RunEventRecorder(this.store, streams,
				new RecordingOptions(Duration.ofMillis(5), 50, 10_000, Duration.ofSeconds(30)), (workflow) -> true);
		AtomicReference<String> runId = new AtomicReference<>();
		try (WorkflowRunner runner = WorkflowRunner.over(() -> this.runs).listeners(List.of(recorder)).build()) {
			Workflows.proxy(new Telling(() -> {
				runId.set(RunContext.current().runId());
				for (int i = 1; i <= 1000; i++) {
					if (i % 100 == 50) {
						this.connections.cutAt(1, i % 200 == 50);
					}
					RunContext.current().emit(RunResponseEvent.custom("n", i));
				}
			}), runner).run("s-" + UUID.randomUUID());
		}
		recorder.close();
		streams.close();
		assertThat(numbers(runId.get())).containsExactlyElementsOf(LongStream.rangeClosed(1, 1000).boxed().toList());
		assertThat(this.store.read(runId.get(), EventPosition.START, 2000)).extracting(StoredEvent::event)
			.satisfies((texts) -> assertThat(
					IntStream.range(0, 1000).allMatch((i) -> texts.get(i).contains("\"content\":" + (i + 1))))
				.isTrue());
		assertThat(this.runs.findRun(runId.get()).orElseThrow()).satisfies((run) -> {
			assertThat(run.status()).isEqualTo(RunStatus.COMPLETED);
			assertThat(run.lastEvent()).isEqualTo(1000);
		});
	}

	private List<Long> numbers(String run) {
		return this.store.read(run, EventPosition.START, 2000)
			.stream()
			.map((event) -> event.position().sequence())
			.toList();
	}

	private String begin() {
		NewRun run = TestRun.of(UUID.randomUUID().toString()).session("cut").at(500).newRun();
		this.runs.begin(run);
		return run.runId();
	}

	private static List<StoredEvent> events(String runId, int first, int last) {
		return LongStream.rangeClosed(first, last)
			.mapToObj((i) -> new StoredEvent(runId, new EventPosition(0, i),
					"{\"event\":\"CustomEvent\",\"n\":" + i + "}"))
			.toList();
	}

	static class Telling extends Workflow {

		private final Runnable body;

		Telling(Runnable body) {
			this.body = body;
		}

		void run(@SessionId String session) {
			this.body.run();
		}

	}

}
