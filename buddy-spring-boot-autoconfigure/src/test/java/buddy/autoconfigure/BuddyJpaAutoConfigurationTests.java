package buddy.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.autoconfigure.shop.Customer;
import buddy.autoconfigure.shop.Customers;
import buddy.autoconfigure.shop.Shop;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;
import buddy.storage.jpa.StorageSetupException;

import static org.assertj.core.api.Assertions.assertThat;

class BuddyJpaAutoConfigurationTests {

	@TempDir
	Path folder;

	@Test
	void plainApplicationGetsTheTablesAndKeepsItsRepositories() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Shop.class)
			.web(WebApplicationType.NONE)
			.run("--spring.datasource.url=" + Starts.h2(this.folder), "--spring.jpa.hibernate.ddl-auto=update",
					"--spring.main.banner-mode=off")) {
			assertThat(context.getBean(WorkflowSessionRepository.class))
				.isNotInstanceOf(MapWorkflowSessionRepository.class);
			Tables tables = new Tables(context.getBean(DataSource.class));
			assertThat(tables.names())
				.contains("customer", "buddy_workflow_session", "buddy_workflow_run", "buddy_schema_history")
				.doesNotContain("flyway_schema_history");
			tables.insertSession("s1");
			assertThat(Tables.sessions(context.getBean(EntityManagerFactory.class))).containsExactly("s1");
			context.getBean(Customers.class).save(new Customer("Ann"));
			assertThat(context.getBean(Customers.class).count()).isOne();
			assertThat(context.getBean(PlatformTransactionManager.class))
				.isSameAs(context.getBean("transactionManager"));
			assertThat(context.getBeanNamesForType(Flyway.class)).isEmpty();
		}
	}

	@Test
	void entityScanAndJpaRepositoriesOfTheApplicationStayInForce() {
		Starts.any(Starts.h2(this.folder))
			.withUserConfiguration(OwnScans.class)
			.withPropertyValues("spring.jpa.hibernate.ddl-auto=update")
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(Customers.class);
				context.getBean(Customers.class).save(new Customer("Ann"));
				assertThat(Tables.sessions(context.getBean(EntityManagerFactory.class))).isEmpty();
			});
	}

	@Test
	void entityScanOfBuddysOwnPackageDoesNoHarm() {
		Starts.any(Starts.h2(this.folder)).withUserConfiguration(ScansOfBuddy.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(Tables.sessions(context.getBean(EntityManagerFactory.class))).isEmpty();
		});
	}

	@Test
	void repositoryOfTheApplicationWinsAndNoTableIsCreated() {
		Starts.shop(Starts.h2(this.folder))
			.withBean(WorkflowSessionRepository.class, MapWorkflowSessionRepository::new)
			.run((context) -> {
				assertThat(context).hasSingleBean(WorkflowSessionRepository.class)
					.doesNotHaveBean("buddyEntityManagerFactoryHook");
				assertThat(new Tables(context.getBean(DataSource.class)).names())
					.noneMatch((name) -> name.contains("buddy"));
			});
	}

	@Test
	void backsOffWithoutJpa() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(DataSourceAutoConfiguration.class, BuddyJpaAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("jakarta.persistence", "org.hibernate", "org.springframework.orm",
					"org.springframework.data", "org.flywaydb"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WorkflowSessionRepository.class));
	}

	@Test
	void backsOffWithoutAnEntityManagerFactory() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BuddyJpaAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WorkflowSessionRepository.class));
	}

	@Test
	void rollbackOfTheApplicationRollsBackWhatItsTransactionJoined() {
		Starts.shop(Starts.h2(this.folder))
			.withPropertyValues("spring.jpa.hibernate.ddl-auto=update")
			.run((context) -> {
				WorkflowSessionRepository repository = context.getBean(WorkflowSessionRepository.class);
				context.getBean(TransactionTemplate.class).executeWithoutResult((transaction) -> {
					repository.create(Tables.session("s1"), List.of());
					context.getBean(Customers.class).save(new Customer("Ann"));
					transaction.setRollbackOnly();
				});
				repository.create(Tables.session("s2"), List.of());
				assertThat(Tables.sessions(context.getBean(EntityManagerFactory.class))).containsExactly("s2");
				assertThat(context.getBean(Customers.class).count()).isZero();
			});
	}

	@Test
	void entityManagerFactoryWithoutItsFactoryBeanIsReported() {
		Starts.any(Starts.h2(this.folder))
			.withUserConfiguration(InlineFactory.class)
			.withPropertyValues("spring.data.jpa.repositories.enabled=false")
			.run((context) -> {
				StorageSetupException failure = failure(context.getStartupFailure());
				assertThat(failure.description()).contains("'inlineFactory'", "LocalContainerEntityManagerFactoryBean");
				assertThat(failure.action()).contains("return the LocalContainerEntityManagerFactoryBean itself");
			});
	}

	@Test
	void unknownNameOfAnEntityManagerFactoryIsReportedWithTheNamesThereAre() {
		Starts.shop(Starts.h2(this.folder))
			.withPropertyValues("buddy.storage.entity-manager-factory=other")
			.run((context) -> {
				StorageSetupException failure = failure(context.getStartupFailure());
				assertThat(failure.description()).contains("buddy.storage.entity-manager-factory", "'other'");
				assertThat(failure.action()).contains("[entityManagerFactory]");
			});
	}

	@Test
	void asynchronousBootstrapOfHibernateWorks() {
		Starts.shop(Starts.h2(this.folder))
			.withPropertyValues("spring.jpa.bootstrap=async", "spring.jpa.hibernate.ddl-auto=update")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				new Tables(context.getBean(DataSource.class)).insertSession("s1");
				assertThat(Tables.sessions(context.getBean(EntityManagerFactory.class))).containsExactly("s1");
			});
	}

	static StorageSetupException failure(Throwable startupFailure) {
		assertThat(startupFailure).isNotNull();
		Throwable cause = startupFailure;
		while (!(cause instanceof StorageSetupException) && cause.getCause() != null) {
			cause = cause.getCause();
		}
		assertThat(new StorageSetupFailureAnalyzer().analyze(startupFailure)).isNotNull();
		assertThat(cause).isInstanceOf(StorageSetupException.class);
		return (StorageSetupException) cause;
	}

	@Configuration(proxyBeanMethods = false)
	@EntityScan(basePackageClasses = Customer.class)
	@EnableJpaRepositories(basePackageClasses = Customers.class)
	static class OwnScans {

	}

	@Configuration(proxyBeanMethods = false)
	@EntityScan(basePackages = { "buddy.autoconfigure.shop", "buddy.storage.jpa" })
	@EnableJpaRepositories(basePackages = { "buddy.autoconfigure.shop", "buddy.storage.jpa" })
	static class ScansOfBuddy {

	}

	@Configuration(proxyBeanMethods = false)
	static class InlineFactory {

		@Bean
		EntityManagerFactory inlineFactory(DataSource dataSource) {
			LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
			factory.setDataSource(dataSource);
			factory.setPackagesToScan("buddy.autoconfigure.shop");
			factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
			factory.afterPropertiesSet();
			return factory.getObject();
		}

	}

}
