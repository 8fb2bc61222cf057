package buddy.autoconfigure;

import java.io.IOException;
import java.util.List;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.autoconfigure.shop.Customer;
import buddy.autoconfigure.shop.Customers;
import buddy.storage.WorkflowSessionRepository;
import buddy.storage.jpa.StorageSetupException;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.autoconfigure.BuddyJpaAutoConfigurationTests.failure;

class PostgreSqlStorageTests {

	private static EmbeddedPostgres server;

	@BeforeAll
	static void startServer() throws IOException {
		server = EmbeddedPostgres.start();
	}

	@AfterAll
	static void stopServer() throws IOException {
		server.close();
	}

	@BeforeEach
	void emptyDatabase() {
		new JdbcTemplate(server.getPostgresDatabase()).execute("drop schema public cascade; create schema public");
	}

	@Test
	void restartOnACurrentSchemaCostsOneSelectAndValidates() {
		runner().withPropertyValues("spring.jpa.hibernate.ddl-auto=create").run(PostgreSqlStorageTests::expectStorage);
		runner().withPropertyValues("buddy.storage.schema=validate", "spring.jpa.hibernate.ddl-auto=validate")
			.run((context) -> assertThat(context).hasNotFailed());
		runner().withBean(SqlLog.class)
			.run((context) -> assertThat(context.getBean(SqlLog.class).statements)
				.containsExactly("select \"version\", \"success\" from \"buddy_schema_history\""));
	}

	@Test
	void createDropKeepsBuddysRows() {
		for (String session : List.of("s1", "s2")) {
			runner().withPropertyValues("spring.jpa.hibernate.ddl-auto=create-drop").run((context) -> {
				context.getBean(WorkflowSessionRepository.class).create(Tables.session(session), List.of());
				context.getBean(Customers.class).save(new Customer(session));
				assertThat(context.getBean(Customers.class).count()).isOne();
			});
		}
		runner().run((context) -> assertThat(sessions(context)).containsExactly("s1", "s2"));
	}

	@Test
	void namingStrategyAndQuotedIdentifiersLeaveBuddysNamesAlone() {
		StorageNamingTests.expectPrefixed(runner().withPropertyValues(
				"spring.jpa.hibernate.naming.physical-strategy=" + StorageNamingTests.Prefixing.class.getName()));
		runner()
			.withPropertyValues("spring.jpa.properties.hibernate.globally_quoted_identifiers=true",
					"spring.jpa.hibernate.ddl-auto=update")
			.run((context) -> assertThat(sessions(context)).hasSize(2));
	}

	@Test
	void schemaNoneLeavesTheTablesToHibernate() {
		runner().withPropertyValues("buddy.storage.schema=none", "spring.jpa.hibernate.ddl-auto=update")
			.run(PostgreSqlStorageTests::expectStorage);
	}

	@Test
	void poolOfOneConnectionIsEnough() {
		runner()
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=1",
					"spring.datasource.hikari.connection-timeout=20000", "spring.jpa.hibernate.ddl-auto=update")
			.run(PostgreSqlStorageTests::expectStorage);
	}

	@Test
	void nodesThatStartAtOnceShareOneSchema() {
		assertThat(StorageSchemaTests.startTwice(PostgreSqlStorageTests::runner))
			.allSatisfy((failure) -> assertThat(failure).isNull());
		expectOneMigration();
	}

	@Test
	void nodesWithPoolsOfOneThatStartAtOnceShareOneSchema() {
		assertThat(StorageSchemaTests
			.startTwice(() -> runner().withPropertyValues("spring.datasource.hikari.maximum-pool-size=1")))
			.allSatisfy((failure) -> assertThat(failure).isNull());
		expectOneMigration();
	}

	@Test
	void schemaWithTheApplicationsTablesIsMigrated() {
		new JdbcTemplate(server.getPostgresDatabase()).execute("create table theirs (id int)");
		runner().withPropertyValues("spring.jpa.hibernate.ddl-auto=update").run(PostgreSqlStorageTests::expectStorage);
	}

	@Test
	void schemaOfTheConnectionsIsUsedAndAnotherDefaultSchemaIsReported() {
		new JdbcTemplate(server.getPostgresDatabase()).execute("drop schema if exists app cascade; create schema app");
		ApplicationContextRunner app = runner().withPropertyValues("spring.jpa.properties.hibernate.default_schema=app",
				"spring.jpa.hibernate.ddl-auto=update");
		app.withPropertyValues("spring.datasource.hikari.schema=app").run(PostgreSqlStorageTests::expectStorage);
		app.run((context) -> {
			StorageSetupException failure = failure(context.getStartupFailure());
			assertThat(failure.description()).contains("hibernate.default_schema app", "schema public");
		});
	}

	private static void expectStorage(ApplicationContext context) {
		context.getBean(WorkflowSessionRepository.class).create(Tables.session("s1"), List.of());
		assertThat(sessions(context)).containsExactly("s1");
		context.getBean(Customers.class).save(new Customer("Ann"));
	}

	private static void expectOneMigration() {
		assertThat(new JdbcTemplate(server.getPostgresDatabase())
			.queryForObject("select count(*) from buddy_schema_history where version = '1'", Integer.class)).isOne();
	}

	private static ApplicationContextRunner runner() {
		return Starts.shop(server.getJdbcUrl("postgres", "postgres"))
			.withPropertyValues("spring.datasource.username=postgres");
	}

	private static List<String> sessions(ApplicationContext context) {
		return Tables.sessions(context.getBean(EntityManagerFactory.class));
	}

}
