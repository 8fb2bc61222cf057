package buddy.autoconfigure;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import buddy.testkit.Nightly;
import buddy.testkit.OtherProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Files of embedded databases that another process holds, or that cannot be written: the
 * report at the start says what to do.
 */
class DatabaseFileTests {

	@TempDir
	private Path folder;

	@AfterEach
	void letTheFolderBeDeleted() throws IOException {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	@Test
	void h2FileOfAnotherProcessIsReported() throws Exception {
		String url = Starts.h2(this.folder);
		try (AutoCloseable other = hold(url)) {
			refused(url, "cannot reach the database", "Stop the other process");
			FailureAnalysis report = byItsDriver(url);
			assertThat(report.getDescription()).contains("in use by another process");
			assertThat(report.getAction()).contains("AUTO_SERVER=TRUE", "spring.datasource.url");
		}
		shop(url).run((context) -> assertThat(context).hasNotFailed());
	}

	/** In the gate, the file has the lock that the other process would have on it. */
	private AutoCloseable hold(String url) throws IOException {
		if (Nightly.size(0, 1) > 0) {
			return OtherProcess.holding(url);
		}
		shop(url).run((context) -> assertThat(context).hasNotFailed());
		Path file;
		try (Stream<Path> files = Files.list(this.folder)) {
			file = files.filter((path) -> path.toString().endsWith(".mv.db")).findFirst().orElseThrow();
		}
		FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
		channel.lock();
		return channel;
	}

	@Test
	void sqliteFileOfAnotherProcessIsReported() throws IOException {
		Nightly.only("the file of H2 is held by another process here");
		String url = Starts.sqlite(this.folder).replace("busy_timeout=5000", "busy_timeout=100");
		try (OtherProcess other = OtherProcess.holding(url, "pragma locking_mode = exclusive",
				"create table theirs (id int)")) {
			refused(url, "cannot reach the database", "Stop the other process");
			assertThat(byItsDriver(url).getDescription()).contains("in use by another process");
		}
		shop(url).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void directoryThatCannotBeWrittenIsReported(String database) throws IOException {
		forbid("r-xr-xr-x", this.folder);
		refused(url(database), "cannot reach the database", "may write in it");
		assertThat(byItsDriver(url(database)).getAction()).contains("spring.datasource.url");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void fileThatCannotBeWrittenIsReported(String database) throws IOException {
		shop(url(database)).run((context) -> assertThat(context).hasNotFailed());
		try (var files = Files.list(this.folder)) {
			forbid("r--r--r--", files.toArray(Path[]::new));
		}
		refused(url(database), "buddy", "Open it for writing");
	}

	private String url(String database) {
		return "h2".equals(database) ? Starts.h2(this.folder) : Starts.sqlite(this.folder);
	}

	private static ApplicationContextRunner shop(String url) {
		return Starts.shop(url)
			.withPropertyValues("spring.datasource.username=sa", "spring.datasource.hikari.connection-timeout=1000",
					"spring.datasource.hikari.initialization-fail-timeout=1");
	}

	private static void forbid(String permissions, Path... files) throws IOException {
		for (Path file : files) {
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
		}
		Assumptions.assumeFalse(List.of(files).stream().allMatch(Files::isWritable),
				"permissions do not bind this user (root): run the tests as another user");
	}

	/** What is reported where the application itself opens the database first. */
	private static FailureAnalysis byItsDriver(String url) {
		Throwable failure = catchThrowable(() -> DriverManager.getConnection(url, "sa", "").close());
		assertThat(failure).isInstanceOf(SQLException.class);
		return new DatabaseFileFailureAnalyzer().analyze(new IllegalStateException("At the start", failure));
	}

	private static void refused(String url, String description, String action) {
		shop(url).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis report = new StorageSetupFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(report).as(String.valueOf(context.getStartupFailure())).isNotNull();
			assertThat(report.getDescription()).contains(description);
			assertThat(report.getAction()).contains(action);
		});
	}

}
