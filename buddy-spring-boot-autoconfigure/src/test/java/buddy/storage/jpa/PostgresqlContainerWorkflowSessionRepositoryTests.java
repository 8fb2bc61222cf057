package buddy.storage.jpa;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

import buddy.testkit.TestDatabase;

/**
 * The contract over a container, for machines that have Docker.
 */
@Testcontainers(disabledWithoutDocker = true)
@SpringBootTest(classes = PostgresqlContainerWorkflowSessionRepositoryTests.Application.class)
class PostgresqlContainerWorkflowSessionRepositoryTests extends JpaWorkflowSessionRepositoryContract {

	@Container
	@ServiceConnection
	static final PostgreSQLContainer container = new PostgreSQLContainer("postgres:18");

	@Autowired
	private HikariDataSource containersDataSource;

	PostgresqlContainerWorkflowSessionRepositoryTests() {
		super(TestDatabase.POSTGRESQL);
	}

	@Override
	HikariDataSource openDataSource() {
		return this.containersDataSource;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(DataSourceAutoConfiguration.class)
	static class Application {

	}

}
