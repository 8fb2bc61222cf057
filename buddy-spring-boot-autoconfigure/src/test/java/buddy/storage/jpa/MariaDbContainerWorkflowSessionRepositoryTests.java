package buddy.storage.jpa;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.mariadb.MariaDBContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

import buddy.testkit.TestDatabase;

/**
 * The contract over a container, for machines that have Docker.
 */
@Testcontainers(disabledWithoutDocker = true)
@SpringBootTest(classes = MariaDbContainerWorkflowSessionRepositoryTests.Application.class)
class MariaDbContainerWorkflowSessionRepositoryTests extends JpaWorkflowSessionRepositoryContract {

	@Container
	@ServiceConnection
	static final MariaDBContainer container = new MariaDBContainer("mariadb:11.8");

	@Autowired
	private HikariDataSource containersDataSource;

	MariaDbContainerWorkflowSessionRepositoryTests() {
		super(TestDatabase.MARIADB);
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
