package buddy.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.autoconfigure.shop.Customer;
import buddy.autoconfigure.shop.Customers;
import buddy.storage.jpa.StorageSetupException;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.autoconfigure.BuddyJpaAutoConfigurationTests.failure;

@ExtendWith(OutputCaptureExtension.class)
class StorageSchemaTests {

	@TempDir
	Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void hibernatesValidationPasses(String database) {
		runner(database).run((context) -> assertThat(context).hasNotFailed());
		create(database);
		runner(database).withPropertyValues("spring.jpa.hibernate.ddl-auto=validate", "buddy.storage.schema=validate")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void createDropRecreatesTheApplicationsTablesAndKeepsBuddys(String database) {
		for (String session : List.of("s1", "s2")) {
			runner(database).withPropertyValues("spring.jpa.hibernate.ddl-auto=create-drop").run((context) -> {
				assertThat(context).hasNotFailed();
				new Tables(context.getBean(DataSource.class)).insertSession(session);
				context.getBean(Customers.class).save(new Customer(session));
				assertThat(context.getBean(Customers.class).count()).isOne();
			});
		}
		runner(database).run((context) -> assertThat(sessions(context)).containsExactly("s1", "s2"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void updateLeavesBuddysTablesAlone(String database) {
		for (String session : List.of("s1", "s2")) {
			runner(database).withPropertyValues("spring.jpa.hibernate.ddl-auto=update").run((context) -> {
				new Tables(context.getBean(DataSource.class)).insertSession(session);
				context.getBean(Customers.class).save(new Customer(session));
			});
		}
		runner(database).run((context) -> assertThat(sessions(context)).containsExactly("s1", "s2"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void schemaNoneLeavesTheTablesToHibernate(String database) {
		runner(database).withPropertyValues("buddy.storage.schema=none", "spring.jpa.hibernate.ddl-auto=update")
			.run((context) -> {
				Tables tables = new Tables(context.getBean(DataSource.class));
				assertThat(tables.names()).contains("buddy_workflow_session", "buddy_workflow_run")
					.doesNotContain("buddy_schema_history");
				tables.insertSession("s1");
				assertThat(sessions(context)).containsExactly("s1");
			});
	}

	@Test
	void schemaNoneTouchesNothing() {
		runner("h2").withPropertyValues("buddy.storage.schema=none").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(new Tables(context.getBean(DataSource.class)).names()).isEmpty();
		});
	}

	@Test
	void deferredScriptsOfTheApplicationFindTheirTables() {
		runner("h2")
			.withPropertyValues("spring.jpa.defer-datasource-initialization=true",
					"spring.jpa.hibernate.ddl-auto=create", "spring.sql.init.mode=always",
					"spring.sql.init.data-locations=classpath:buddy/autoconfigure/customers.sql")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Customers.class).count()).isOne();
				assertThat(sessions(context)).isEmpty();
			});
	}

	@Test
	void currentSchemaCostsOneSelectAndACheckAndNoFlyway(CapturedOutput output) {
		runner("sqlite").run((context) -> assertThat(context).hasNotFailed());
		int firstStart = output.toString().length();
		runner("sqlite").withBean(SqlLog.class)
			.withClassLoader(new FilteredClassLoader(Flyway.class))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(SqlLog.class).statements).hasSize(3)
					.startsWith("select \"version\", \"success\" from \"buddy_schema_history\"");
			});
		assertThat(output.toString().substring(firstStart)).doesNotContainIgnoringCase("flyway");
	}

	@Test
	void missingFlywayIsReportedWithItsArtifact() {
		runner("h2").withClassLoader(new FilteredClassLoader(Flyway.class)).run((context) -> {
			StorageSetupException failure = failure(context.getStartupFailure());
			assertThat(failure.description()).contains("'entityManagerFactory'", "org.flywaydb:flyway-core", "H2");
			assertThat(failure.action()).contains("Add the dependency org.flywaydb:flyway-core");
		});
	}

	@Test
	void validateReportsMissingTablesAndWhereTheScriptsAre() {
		runner("h2").withPropertyValues("buddy.storage.schema=validate").run((context) -> {
			StorageSetupException failure = failure(context.getStartupFailure());
			assertThat(failure.description()).contains("'entityManagerFactory'", "are missing", "needs version 16");
			assertThat(failure.action()).contains("buddy/db/migration/h2", "buddy_schema_history",
					"buddy.storage.schema=migrate");
		});
	}

	@Test
	void validateReportsTablesOfALaterVersionAndMigrateUsesThem(CapturedOutput output) {
		create("h2");
		runner("h2").run((context) -> new JdbcTemplate(context.getBean(DataSource.class)).update(
				"insert into \"buddy_schema_history\" select 99, '99', \"description\", \"type\", \"script\", \"checksum\","
						+ " \"installed_by\", \"installed_on\", \"execution_time\", \"success\""
						+ " from \"buddy_schema_history\" where \"version\" = '1'"));
		runner("h2").withPropertyValues("buddy.storage.schema=validate").run((context) -> {
			StorageSetupException failure = failure(context.getStartupFailure());
			assertThat(failure.description()).contains("have version 99");
			assertThat(failure.action()).contains("Use the version of buddy that created them");
		});
		runner("h2").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("have version 99, newer than version 16");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void poolOfOneConnectionIsEnough(String database) {
		runner(database)
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=1",
					"spring.datasource.hikari.connection-timeout=20000", "spring.jpa.hibernate.ddl-auto=update")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(sessions(context)).isEmpty();
			});
	}

	@Test
	void poolWithoutAutoCommitWorks() {
		runner("h2").withPropertyValues("spring.datasource.hikari.auto-commit=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(sessions(context)).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void applicationsThatStartAtOnceShareOneSchema(String database) {
		assertThat(startTwice(() -> runner(database))).allSatisfy((failure) -> assertThat(failure).isNull());
		runner(database).run((context) -> assertThat(new JdbcTemplate(context.getBean(DataSource.class))
			.queryForObject("select count(*) from \"buddy_schema_history\" where \"version\" = '1'", Integer.class))
			.isOne());
	}

	@Test
	void unreachableDatabaseIsReported() {
		Starts.shop("jdbc:h2:tcp://localhost:1/none")
			.withPropertyValues("spring.datasource.hikari.connection-timeout=300",
					"spring.datasource.hikari.initialization-fail-timeout=1",
					"spring.jpa.database-platform=org.hibernate.dialect.H2Dialect")
			.run((context) -> {
				StorageSetupException failure = failure(context.getStartupFailure());
				assertThat(failure.description()).contains("cannot reach the database", "'entityManagerFactory'");
				assertThat(failure.action()).contains("spring.datasource.*");
			});
	}

	@Test
	void databaseWithoutScriptsIsReportedWithTheSupportedOnes() {
		Starts.shop(Starts.h2(this.folder))
			.withBean(ProductName.class, () -> new ProductName("Oracle"))
			.run((context) -> {
				StorageSetupException failure = failure(context.getStartupFailure());
				assertThat(failure.description()).contains("Oracle", "'entityManagerFactory'");
				assertThat(failure.action()).contains("H2, SQLite, PostgreSQL, MariaDB");
			});
	}

	@Test
	void postgresqlWithoutItsFlywayModuleIsReported() {
		runner("h2").withBean(ProductName.class, () -> new ProductName("PostgreSQL"))
			.withClassLoader(new FilteredClassLoader("org.flywaydb.database.postgresql"))
			.run((context) -> assertThat(failure(context.getStartupFailure()).description())
				.contains("org.flywaydb:flyway-database-postgresql"));
	}

	@Test
	void mariadbWithoutItsFlywayModuleIsReported() {
		runner("h2").withBean(ProductName.class, () -> new ProductName("MariaDB"))
			.withClassLoader(new FilteredClassLoader("org.flywaydb.database.mysql"))
			.run((context) -> assertThat(failure(context.getStartupFailure()).description())
				.contains("org.flywaydb:flyway-mysql"));
	}

	@Test
	void h2FileWithoutItsSafeguardsIsWarnedAbout(CapturedOutput output) {
		Starts.shop("jdbc:h2:" + this.folder.resolve("application"))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("without the prefix async:")
			.containsOnlyOnce("without ;WRITE_DELAY=0")
			.containsOnlyOnce("without ;DB_CLOSE_ON_EXIT=FALSE");
	}

	@Test
	void h2InMemoryAndSafeH2FileAreNotWarnedAbout(CapturedOutput output) {
		Starts.shop("jdbc:h2:mem:advice").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("are lost on restart").doesNotContain("WRITE_DELAY");
		runner("h2").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("WRITE_DELAY")
			.doesNotContain("DB_CLOSE_ON_EXIT")
			.doesNotContain("without the prefix async:");
	}

	@Test
	void sqliteUrlWithoutItsParametersIsWarnedAbout(CapturedOutput output) {
		Starts.shop("jdbc:sqlite:" + this.folder.resolve("plain.sqlite") + "?journal_mode=WAL")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("lacks [busy_timeout=, transaction_mode=immediate]");
	}

	@Test
	void defaultSchemaOfHibernateThatTheConnectionsAreNotInIsReported() {
		runner("h2").withPropertyValues("spring.jpa.properties.hibernate.default_schema=APP")
			.run((context) -> assertThat(failure(context.getStartupFailure()).description()).contains("APP", "PUBLIC"));
		runner("h2").withPropertyValues("spring.jpa.properties.hibernate.default_schema=public")
			.run((context) -> assertThat(sessions(context)).isEmpty());
	}

	/** Starts two applications at the same moment; null for each that did not fail. */
	static List<Throwable> startTwice(Supplier<ApplicationContextRunner> runners) {
		CyclicBarrier together = new CyclicBarrier(2);
		return Stream.generate(runners).limit(2).map((runner) -> CompletableFuture.supplyAsync(() -> {
			Throwable[] failure = new Throwable[1];
			runner.withBean(SchemaGate.class, () -> new SchemaGate(together))
				.run((context) -> failure[0] = context.getStartupFailure());
			return failure[0];
		}, (start) -> new Thread(start).start())).toList().stream().map(CompletableFuture::join).toList();
	}

	private ApplicationContextRunner runner(String database) {
		return Starts.shop("h2".equals(database) ? Starts.h2(this.folder) : Starts.sqlite(this.folder));
	}

	private void create(String database) {
		runner(database).withPropertyValues("spring.jpa.hibernate.ddl-auto=update")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static List<String> sessions(ApplicationContext context) {
		return Tables.sessions(context.getBean(EntityManagerFactory.class));
	}

}
