package buddy.storage.jpa;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.awaitility.Awaitility;

import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

/**
 * The repository of an application on an empty database, with late writes that can be
 * waited for.
 */
final class JpaStorage {

	private static final Map<String, JpaStorage> open = new HashMap<>();

	private final TestApplication application;

	private final ExecutorService lateWrites = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "late-writes");
		thread.setDaemon(true);
		return thread;
	});

	private final WorkflowSessionRepository repository;

	private JpaStorage(TestDatabase database, boolean autoCommit) {
		this.application = TestApplication.start(Stream
			.concat(Stream.of(database.create()), Stream.of("spring.datasource.hikari.auto-commit=" + autoCommit))
			.toArray(String[]::new));
		this.repository = repository(this.lateWrites);
	}

	/** The storage that all tests of this JVM share. */
	static synchronized JpaStorage on(TestDatabase database, boolean autoCommit) {
		return open.computeIfAbsent(database + " " + autoCommit, (key) -> new JpaStorage(database, autoCommit));
	}

	/** Leaves nothing to the next class. */
	static synchronized void emptyAll() {
		open.values().forEach((storage) -> storage.application.emptyRepository());
	}

	/** Another repository over the same database. */
	WorkflowSessionRepository repository(Executor lateWrites) {
		return repository(this.application, lateWrites, true);
	}

	/** A repository over the database of an application. */
	static WorkflowSessionRepository repository(TestApplication application, Executor lateWrites, boolean fused) {
		return new JpaWorkflowSessionRepository(application.bean(EntityManagerFactory.class),
				application.bean(DataSource.class), () -> application.bean(WorkflowSessionEntityRepository.class),
				() -> application.bean(WorkflowRunEntityRepository.class), lateWrites, fused,
				new StorageTimeouts(Duration.ofSeconds(10)));
	}

	WorkflowSessionRepository repository() {
		return this.repository;
	}

	TestApplication application() {
		return this.application;
	}

	EntityManagerFactory entityManagerFactory() {
		return this.application.bean(EntityManagerFactory.class);
	}

	DataSource dataSource() {
		return this.application.bean(DataSource.class);
	}

	/** The application's own work in the background may have one for a moment. */
	void awaitNoConnectionInUse() {
		Awaitility.await().until(() -> this.application.connectionsInUse() == 0);
	}

	/** Waits until what was left over from transactions is written. */
	void awaitLateWrites() throws Exception {
		this.lateWrites.submit(() -> {
		}).get();
	}

}
