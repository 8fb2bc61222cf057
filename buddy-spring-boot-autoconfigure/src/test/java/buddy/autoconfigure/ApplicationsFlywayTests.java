package buddy.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

import buddy.autoconfigure.shop.Customers;
import buddy.storage.WorkflowSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that uses Boot's Flyway for its own tables. The build adds Boot's module
 * to the class path of these tests alone.
 */
@Tag("boot-flyway")
@ExtendWith(OutputCaptureExtension.class)
class ApplicationsFlywayTests {

	private static final String MIGRATIONS = "classpath:buddy/autoconfigure/migrations/";

	@TempDir
	Path folder;

	@Test
	void migrationsOfTheApplicationAndOfBuddyKeepSeparateHistories() {
		runner(MIGRATIONS + "first").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(new Tables(context.getBean(DataSource.class)).names()).contains("customer",
					"flyway_schema_history", "buddy_workflow_session", "buddy_schema_history");
			expectApplicationsVersion(context, "1");
			store(context, "s1");
		});
		runner(MIGRATIONS + "first," + MIGRATIONS + "second").run((context) -> {
			assertThat(context).hasNotFailed();
			expectApplicationsVersion(context, "2");
			assertThat(context.getBean(Customers.class).count()).isOne();
			store(context, "s2");
			assertThat(Tables.sessions(context.getBean(EntityManagerFactory.class))).containsExactly("s1", "s2");
		});
	}

	@Test
	void flywayOfTheApplicationIsLoggedAsWithoutBuddy(CapturedOutput output) {
		runner(MIGRATIONS + "first").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output.getOut().lines().filter((line) -> line.contains("INFO")))
				.filteredOn((line) -> line.contains("Successfully applied"))
				.singleElement()
				.asString()
				.contains("Successfully applied 1 migration to schema");
			assertThat(output).containsOnlyOnce("Created buddy's tables in H2 (16 migrations)");
			context.getBean(Flyway.class).migrate();
			assertThat(output.getOut().lines())
				.anyMatch((line) -> line.contains("INFO") && line.contains("is up to date"));
		});
	}

	@Test
	void flywayThatComesAfterBuddyNeedsABaseline() {
		Starts.shop(Starts.h2(this.folder)).run((context) -> assertThat(context).hasNotFailed());
		runner(MIGRATIONS + "first").run(
				(context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining("Found non-empty schema"));
		runner(MIGRATIONS + "first")
			.withPropertyValues("spring.flyway.baseline-on-migrate=true", "spring.flyway.baseline-version=0")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				expectApplicationsVersion(context, "1");
				store(context, "s1");
			});
	}

	@Test
	void tablesThatHibernateMakesAreStillMadeWhereTheApplicationHasNoMigrations() {
		runner(MIGRATIONS + "first")
			.withPropertyValues("spring.flyway.enabled=false", "spring.jpa.hibernate.ddl-auto=update")
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(Flyway.class);
				assertThat(context.getBean(Customers.class).count()).isZero();
				store(context, "s1");
			});
	}

	private static void expectApplicationsVersion(ApplicationContext context, String version) {
		assertThat(context.getBean(Flyway.class).info().current().getVersion()).hasToString(version);
	}

	private static void store(ApplicationContext context, String sessionId) {
		context.getBean(WorkflowSessionRepository.class).create(Tables.session(sessionId), List.of());
	}

	private ApplicationContextRunner runner(String locations) {
		Class<?> flyway = ClassUtils.resolveClassName(
				"org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration", getClass().getClassLoader());
		return Starts.shop(Starts.h2(this.folder))
			.withConfiguration(AutoConfigurations.of(flyway))
			.withPropertyValues("spring.flyway.locations=" + locations);
	}

}
