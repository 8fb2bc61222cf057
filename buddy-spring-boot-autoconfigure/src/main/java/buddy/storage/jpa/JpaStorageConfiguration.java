package buddy.storage.jpa;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.Executor;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactoryBean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.util.function.SingletonSupplier;

import buddy.budget.BudgetStore;
import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.engine.EngineDatabase;
import buddy.event.RunEventStore;
import buddy.storage.AuditLog;
import buddy.storage.RunOwners;
import buddy.storage.RunQueue;
import buddy.storage.RunRetention;
import buddy.storage.RunStatistics;
import buddy.storage.ScheduleStore;
import buddy.storage.UserErasure;
import buddy.storage.WorkflowSessionRepository;
import buddy.storage.codec.PayloadCodec;

/**
 * Storage of sessions and runs with an entity manager factory of the application.
 * Requires a {@link JpaStorageSettings} bean.
 */
@Configuration(proxyBeanMethods = false)
public class JpaStorageConfiguration {

	private static final int ENGINE_CONNECTIONS = 4;

	@Bean
	static EntityManagerFactoryHook buddyEntityManagerFactoryHook(ConfigurableListableBeanFactory beans,
			ObjectProvider<JpaStorageSettings> settings) {
		return new EntityManagerFactoryHook(beans, settings);
	}

	@Bean
	JpaRepositoryFactoryBean<WorkflowSessionEntityRepository, WorkflowSessionEntity, String> buddyWorkflowSessionEntities(
			EntityManagerFactoryHook hook) {
		return new EntityRepositoryFactoryBean<>(WorkflowSessionEntityRepository.class, hook.entityManagerFactory());
	}

	@Bean
	JpaRepositoryFactoryBean<WorkflowRunEntityRepository, WorkflowRunEntity, String> buddyWorkflowRunEntities(
			EntityManagerFactoryHook hook) {
		return new EntityRepositoryFactoryBean<>(WorkflowRunEntityRepository.class, hook.entityManagerFactory());
	}

	@Bean
	StatementSettings buddyStatementSettings(EntityManagerFactoryHook hook, JpaStorageSettings settings,
			ObjectProvider<PayloadCodec> codec) {
		return new StatementSettings(settings.timeouts(), hook.tables(), new StoredPayloads(codec.getIfAvailable()));
	}

	@Bean
	WorkflowSessionRepository workflowSessionRepository(EntityManagerFactoryHook hook,
			@Qualifier("buddyWorkflowSessionEntities") ObjectProvider<WorkflowSessionEntityRepository> sessions,
			@Qualifier("buddyWorkflowRunEntities") ObjectProvider<WorkflowRunEntityRepository> runs,
			@Qualifier("applicationTaskExecutor") ObjectProvider<Executor> executor, StatementSettings settings) {
		return new JpaWorkflowSessionRepository(hook.entityManagerFactory(), hook.dataSource(), sessions::getObject,
				runs::getObject, executor.getIfAvailable(() -> new SimpleAsyncTaskExecutor("buddy-")), true, settings);
	}

	/** Not replaceable, since the repository reads the table of nodes itself. */
	@Bean
	@Primary
	RunOwners buddyRunOwners(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaRunOwners(hook.dataSource(), settings);
	}

	@Bean
	RunEventStore runEventStore(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaRunEventStore(hook.dataSource(), settings);
	}

	/**
	 * Its transactions are the application's own where these are on the same entity
	 * manager factory: what one manager began, another one of it joins.
	 */
	@Bean
	RunJournal runJournal(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaRunJournal(hook.dataSource(), settings, SingletonSupplier.of(() -> transactions(hook)));
	}

	@Bean
	RunWaits runWaits(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaRunWaits(hook.dataSource(), settings);
	}

	@Bean
	RunQueue runQueue(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaRunQueue(hook.dataSource(), settings);
	}

	@Bean
	ScheduleStore scheduleStore(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaScheduleStore(hook.dataSource(), settings);
	}

	/** Created by the first call of a model that a budget counts. */
	@Bean
	@Lazy
	BudgetStore budgetStore(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaBudgetStore(hook.dataSource(), settings);
	}

	@Bean
	EngineDatabase buddyEngineDatabase(EntityManagerFactoryHook hook) {
		DataSource pool = hook.dataSource();
		SqlDialect dialect = SqlDialect.of(pool);
		DataSource apart = SideDataSource.of(pool, dialect, "buddy-queue", ENGINE_CONNECTIONS);
		DataSource own = (apart != null) ? apart : pool;
		JdbcTemplate template = dialect.template(own);
		return new EngineDatabase(new TransactionAwareDataSourceProxy(pool), own, hook.tables().in("buddy_task"),
				dialect.productName(),
				() -> Objects.requireNonNull(template.queryForObject("select " + dialect.now(), Long.class)),
				() -> close(apart));
	}

	private static void close(@Nullable DataSource apart) {
		if (apart instanceof Closeable pool) {
			try {
				pool.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	@Bean
	AuditLog auditLog(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaAuditLog(hook.dataSource(), settings);
	}

	@Bean
	@Lazy
	UserErasure userErasure(EntityManagerFactoryHook hook, StatementSettings settings, AuditLog auditLog) {
		return new JpaUserErasure(hook.dataSource(), settings, auditLog);
	}

	@Bean
	RunStatistics runStatistics(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaRunStatistics(hook.dataSource(), settings);
	}

	private static JpaTransactionManager transactions(EntityManagerFactoryHook hook) {
		return (SqlDialect.of(hook.dataSource()) == SqlDialect.SQLITE)
				? new SqliteJpaTransactions(hook.entityManagerFactory())
				: new JpaTransactionManager(hook.entityManagerFactory());
	}

	@Bean
	RunRetention runRetention(EntityManagerFactoryHook hook, StatementSettings settings) {
		return new JpaRunRetention(hook.dataSource(), settings.timeouts(), settings.tables());
	}

}
