package buddy.storage.jpa;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.sql.DataSource;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.flywaydb.core.Flyway;

import org.springframework.data.jpa.repository.support.JpaRepositoryFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

import buddy.session.WorkflowSessionRepository;
import buddy.testkit.TestDatabase;

/**
 * The JPA repository over a data source, set up as an application has it, without Spring
 * Boot.
 */
final class JpaStorage implements AutoCloseable {

	private final DataSource dataSource;

	private final LocalContainerEntityManagerFactoryBean factoryBean;

	private final ExecutorService lateWrites = Executors.newSingleThreadExecutor();

	private final WorkflowSessionRepository repository;

	private JpaStorage(DataSource dataSource) {
		this.dataSource = dataSource;
		this.factoryBean = entityManagerFactory(dataSource);
		this.repository = repository(this.lateWrites);
	}

	/** Migrates a database and opens the repository over it. */
	static JpaStorage open(DataSource dataSource, TestDatabase database) {
		Flyway.configure()
			.dataSource(dataSource)
			.table("buddy_schema_history")
			.locations("classpath:buddy/db/migration/" + database.vendor())
			.load()
			.migrate();
		return new JpaStorage(dataSource);
	}

	private static LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
		LocalContainerEntityManagerFactoryBean factoryBean = new LocalContainerEntityManagerFactoryBean();
		factoryBean.setDataSource(dataSource);
		factoryBean.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
		factoryBean.setPersistenceUnitName("application");
		factoryBean.setPackagesToScan("buddy.nothing");
		factoryBean.setJpaPropertyMap(Map.of("hibernate.loaded_classes",
				List.of(WorkflowSessionEntity.class, WorkflowRunEntity.class), "hibernate.hbm2ddl.auto", "validate"));
		factoryBean.afterPropertiesSet();
		return factoryBean;
	}

	/** Another repository over the same database. */
	WorkflowSessionRepository repository(Executor lateWrites) {
		EntityManager entities = SharedEntityManagerCreator.createSharedEntityManager(entityManagerFactory());
		JpaRepositoryFactory repositories = new JpaRepositoryFactory(entities);
		return new JpaWorkflowSessionRepository(entityManagerFactory(), this.dataSource,
				repositories.getRepository(WorkflowSessionEntityRepository.class),
				repositories.getRepository(WorkflowRunEntityRepository.class), lateWrites);
	}

	WorkflowSessionRepository repository() {
		return this.repository;
	}

	EntityManagerFactory entityManagerFactory() {
		EntityManagerFactory factory = this.factoryBean.getObject();
		if (factory == null) {
			throw new IllegalStateException("The entity manager factory is closed");
		}
		return factory;
	}

	/** Waits until what was left over from transactions is written. */
	void awaitLateWrites() throws Exception {
		this.lateWrites.submit(() -> {
		}).get();
	}

	void clear() {
		JdbcTemplate jdbc = new JdbcTemplate(this.dataSource);
		jdbc.update("delete from buddy_workflow_run");
		jdbc.update("delete from buddy_workflow_session");
	}

	@Override
	public void close() {
		this.lateWrites.shutdownNow();
		this.factoryBean.destroy();
	}

}
