package buddy.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import testkit.Missing;
import testkit.Programs;

import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.testkit.Nightly;
import buddy.testkit.RunHistoryChecker;
import buddy.testkit.RunHistoryChecker.History;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The disk of the database is full while a run records its steps: no step is half
 * recorded, and the run goes on when there is space.
 */
class FullDiskTests {

	private static final int MEGABYTES = 64;

	private static final int LARGE = 2 << 20;

	@TempDir(cleanup = CleanupMode.NEVER)
	private Path folder;

	@ParameterizedTest
	@EnumSource(names = { "H2", "SQLITE", "POSTGRESQL" })
	void runGoesOnWhenThereIsSpace(TestDatabase database) throws Exception {
		Nightly.only("databases that are away, and steps that are cut");
		try (SmallDisk disk = new SmallDisk(this.folder)) {
			String[] properties = properties(database, disk);
			try (TestApplication application = start(properties)) {
				fill(application, disk);
				if (database != TestDatabase.H2) {
					goOn(application);
				}
			}
			if (database == TestDatabase.H2) {
				// it closes itself, and a pool may not notice
				try (TestApplication again = start(properties)) {
					goOn(again);
				}
			}
			if (database == TestDatabase.POSTGRESQL) {
				drop(properties);
			}
		}
	}

	private static TestApplication start(String[] properties) {
		return TestApplication
			.start(Stream
				.concat(Stream.of(properties),
						Stream.of("buddy.durable.patience=1s", "buddy.node.lease=3s",
								"buddy.node.heartbeat-interval=300ms", "buddy.node.end-orphans=true"))
				.toArray(String[]::new), Workflows.class);
	}

	private static void fill(TestApplication application, SmallDisk disk) throws Exception {
		Storing workflow = application.bean(Storing.class);
		assertThat(WorkflowScope.session("s0").call(workflow::run)).isEqualTo("small, large");
		Storing.afterFirst = disk::fill;
		try {
			assertThatIllegalStateException().isThrownBy(() -> WorkflowScope.session("s1").call(workflow::run))
				.withMessageContaining("Step 'large' of run")
				.withMessageContaining("could not be recorded")
				.withCauseInstanceOf(DataAccessException.class);
		}
		finally {
			Storing.afterFirst = () -> {
			};
			disk.free();
		}
	}

	private static void goOn(TestApplication application) throws Exception {
		JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));
		String run = "select run_id from buddy_workflow_run where session_id = 's1'";
		Awaitility.await()
			// a pool trusts a connection for half a second after its last use
			.pollInterval(Duration.ofSeconds(1))
			.ignoreExceptionsInstanceOf(DataAccessException.class)
			.untilAsserted(() -> assertThat(jdbc.queryForList(run + " and status = 'ERROR'")).hasSize(1));
		String runId = jdbc.queryForObject(run, String.class);
		RunHistoryChecker checker = RunHistoryChecker.of(application);
		History interrupted = checker.check(runId);
		assertThat(interrupted.done()).containsExactly("small");
		assertThat(interrupted.run().error()).contains("interrupted");

		application.bean(WorkflowRuns.class)
			.ofEverybody()
			.resume(runId)
			.response()
			.toCompletableFuture()
			.get(1, TimeUnit.MINUTES);

		History history = checker.check(runId);
		assertThat(history.run().status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(history.done()).containsExactly("small", "large");
		assertThat(history.steps().get(1).result()).hasSizeGreaterThan(LARGE / 2);
		assertThat(Storing.CALLS).containsEntry(runId + " small", 1).containsEntry(runId + " large", 2);
	}

	private static String[] properties(TestDatabase database, SmallDisk disk) throws IOException {
		String[] properties = database.create();
		switch (database) {
			case H2 -> properties[0] = "spring.datasource.url=jdbc:h2:async:" + disk.folder.resolve("test")
					+ ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
			case SQLITE -> properties[0] = "spring.datasource.url=jdbc:sqlite:" + disk.folder.resolve("test.sqlite")
					+ "?journal_mode=WAL&busy_timeout=30000&transaction_mode=IMMEDIATE";
			default -> {
				Path space = Files.createDirectory(disk.folder.resolve("space"));
				String name = database(properties);
				server(properties).execute("create tablespace small_" + name + " location '" + space + "'");
				server(properties).execute("alter database " + name + " set tablespace small_" + name);
			}
		}
		return properties;
	}

	private static void drop(String[] properties) {
		String name = database(properties);
		server(properties).execute("drop database " + name + " with (force)");
		server(properties).execute("drop tablespace small_" + name);
	}

	private static String database(String[] properties) {
		return properties[0].replaceAll(".*/(\\w+).*", "$1");
	}

	private static JdbcTemplate server(String[] properties) {
		String url = properties[0].substring("spring.datasource.url=".length())
			.replace("/" + database(properties), "/postgres");
		return new JdbcTemplate(new DriverManagerDataSource(url, "postgres", ""));
	}

	/** A file system of its own, in memory. */
	private static final class SmallDisk implements AutoCloseable {

		private final Path folder;

		private final Path rest;

		SmallDisk(Path folder) throws IOException {
			this.folder = folder;
			this.rest = folder.resolve("rest");
			Path mount = Programs.find("mount").orElseThrow(() -> Missing.on("there is no program 'mount'", null));
			if (execute(mount, "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m,mode=777", "tmpfs",
					folder.toString()) != 0) {
				throw Missing.on("a file system cannot be mounted here; that takes the rights of root", null);
			}
		}

		/** Takes all the space that is left. */
		void fill() {
			byte[] some = new byte[4096];
			try (OutputStream out = Files.newOutputStream(this.rest)) {
				while (Files.getFileStore(this.folder).getUsableSpace() > 0) {
					out.write(some);
				}
			}
			catch (IOException ex) {
				// it is full
			}
		}

		void free() throws IOException {
			Files.delete(this.rest);
		}

		@Override
		public void close() throws IOException {
			execute(Programs.find("umount").orElseThrow(), "-l", this.folder.toString());
			Files.deleteIfExists(this.folder);
		}

		private static int execute(Path program, String... arguments) throws IOException {
			return new ProcessBuilder(Stream.concat(Stream.of(program.toString()), Stream.of(arguments)).toList())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.onExit()
				.join()
				.exitValue();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Storing storing() {
			return new Storing();
		}

	}

	/** Records a small result, then one that takes space. */
	static class Storing extends Workflow {

		private static final Map<String, Integer> CALLS = new ConcurrentHashMap<>();

		/** Static, since the bean is a proxy. */
		private static volatile Runnable afterFirst = () -> {
		};

		String run() {
			String small = step("small", () -> called("small"));
			afterFirst.run();
			String large = step("large", () -> called("large") + incompressible());
			return small + ", " + large.substring(0, 5);
		}

		private static String called(String what) {
			CALLS.merge(RunContext.current().runId() + " " + what, 1, Integer::sum);
			return what;
		}

		/** Nothing that could be compressed. */
		private static String incompressible() {
			return new Random(1).ints(LARGE, ' ' + 3, 127)
				.filter((letter) -> letter != '\\')
				.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
				.toString();
		}

	}

}
