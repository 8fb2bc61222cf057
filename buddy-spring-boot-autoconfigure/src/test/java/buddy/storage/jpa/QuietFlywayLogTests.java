package buddy.storage.jpa;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is logged when buddy makes its tables: one line of buddy, and nothing of Flyway
 * but what the application's own says.
 */
@ExtendWith(OutputCaptureExtension.class)
class QuietFlywayLogTests {

	private final Logger flyway = (Logger) LoggerFactory.getLogger("org.flywaydb");

	private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

	private Level before;

	@BeforeEach
	void listen() {
		this.before = this.flyway.getLevel();
		this.flyway.setLevel(Level.DEBUG);
		this.logged.start();
		this.flyway.addAppender(this.logged);
	}

	@AfterEach
	void listenNoMore() {
		this.flyway.detachAppender(this.logged);
		this.flyway.setLevel(this.before);
	}

	@ParameterizedTest
	@EnumSource(TestDatabase.class)
	void firstStartSaysInOneLineThatItMadeTheTablesAndTheSecondNothing(TestDatabase database, CapturedOutput output) {
		String[] properties = Stream.concat(Stream.of(database.create()), Stream.of("logging.level.org.flywaydb=debug"))
			.toArray(String[]::new);
		TestApplication.start(properties).close();
		List<String> first = output.getOut().lines().toList();
		assertThat(first).filteredOn((line) -> line.contains("buddy's tables"))
			.singleElement()
			.asString()
			.matches(".* INFO .* : Created buddy's tables in \\w+ \\(16 migrations\\)");
		assertThat(first).noneMatch((line) -> line.contains(" WARN ") || line.contains(" ERROR "));
		assertThat(first).filteredOn((line) -> line.contains("o.f.c"))
			.isNotEmpty()
			.allMatch((line) -> line.contains("DEBUG"));
		TestApplication.start(properties).close();
		assertThat(output.getOut().lines().skip(first.size())).isNotEmpty()
			.noneMatch((line) -> line.contains("buddy's tables") || line.contains("o.f.c") || line.contains(" WARN "));
	}

	@Test
	void flywayOfTheApplicationKeepsItsLevelsMeanwhileAndAfterwards() {
		String own = Thread.currentThread().getName();
		Flyway theirs = flyway("theirs").load();
		QuietFlywayLog.during(flyway("ours")::load, (ours) -> {
			CompletableFuture.supplyAsync(theirs::migrate, (task) -> new Thread(task, "theirs").start()).join();
			return ours.migrate();
		});
		assertThat(messages("theirs", Level.INFO)).anyMatch((message) -> message.contains("Successfully applied"));
		assertThat(messages(own, Level.DEBUG)).anyMatch((message) -> message.contains("Successfully applied"));
		assertThat(messages(own, Level.INFO)).isEmpty();
		this.logged.list.clear();
		theirs.migrate();
		assertThat(messages(own, Level.INFO)).anyMatch((message) -> message.contains("is up to date"));
	}

	@Test
	void migrationsAtTheSameTimeAreAllQuiet() {
		QuietFlywayLog.during(flyway("first")::load, (first) -> {
			CompletableFuture
				.supplyAsync(() -> QuietFlywayLog.during(flyway("second")::load, Flyway::migrate),
						(task) -> new Thread(task).start())
				.join();
			return first.migrate();
		});
		assertThat(levels()).isNotEmpty().allMatch(Level.DEBUG::equals);
	}

	private static FluentConfiguration flyway(String database) {
		return Flyway.configure()
			.dataSource("jdbc:h2:mem:quiet-" + database + "-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "")
			.locations("classpath:buddy/autoconfigure/migrations/first");
	}

	private List<Level> levels() {
		return this.logged.list.stream().map(ILoggingEvent::getLevel).toList();
	}

	private Stream<String> messages(String thread, Level level) {
		return this.logged.list.stream()
			.filter((event) -> event.getThreadName().equals(thread) && event.getLevel() == level)
			.map(ILoggingEvent::getFormattedMessage);
	}

}
