package buddy.storage.jpa;

import javax.sql.DataSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.mariadb.MariaDBContainer;

import buddy.storage.WorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepositoryContractTests;

@Testcontainers(disabledWithoutDocker = true)
@SpringBootTest(classes = MariaDbContainerContractTests.Application.class, properties = "buddy.scan.enabled=false")
class MariaDbContainerContractTests extends WorkflowSessionRepositoryContractTests {

	@Container
	@ServiceConnection
	private static final MariaDBContainer server = new MariaDBContainer("mariadb:11.4");

	@Autowired
	private WorkflowSessionRepository repository;

	@Autowired
	private DataSource dataSource;

	@Override
	protected WorkflowSessionRepository emptyRepository() {
		new JdbcTemplate(this.dataSource).update("delete from buddy_workflow_session");
		return this.repository;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
