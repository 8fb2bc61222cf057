package buddy.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jpa.EntityManagerFactoryBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

import buddy.autoconfigure.billing.Invoice;
import buddy.autoconfigure.billing.Invoices;
import buddy.autoconfigure.shop.Customer;
import buddy.autoconfigure.shop.Customers;
import buddy.storage.WorkflowSessionRepository;
import buddy.storage.jpa.StorageSetupException;

import static org.assertj.core.api.Assertions.assertThat;

class TwoEntityManagerFactoriesTests {

	@TempDir
	Path folder;

	@ParameterizedTest
	@CsvSource({ "true, ", "true, billingFactory", "false, ", "false, billingFactory" })
	void buddyIsInTheChosenOneAndTheApplicationsEntitiesStayWhereTheyAre(boolean builder, String chosen) {
		boolean billing = chosen != null;
		ApplicationContextRunner runner = runner(builder ? ByBuilder.class : ByHand.class);
		(billing ? runner.withPropertyValues("buddy.storage.entity-manager-factory=" + chosen) : runner)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(WorkflowSessionRepository.class);
				context.getBean(Customers.class).save(new Customer("Ann"));
				context.getBean(Invoices.class).save(new Invoice("1"));
				context.getBean(WorkflowSessionRepository.class).create(Tables.session("s1"), List.of());
				expect(context.getBean("shopData", DataSource.class),
						context.getBean(builder ? "entityManagerFactory" : "shopFactory", EntityManagerFactory.class),
						"customer", "invoice", !billing);
				expect(context.getBean("billingData", DataSource.class),
						context.getBean("billingFactory", EntityManagerFactory.class), "invoice", "customer", billing);
			});
	}

	@Test
	void twoWithoutAPrimaryAreReportedWithTheirNames() {
		runner(NonePrimary.class).withPropertyValues("spring.data.jpa.repositories.enabled=false").run((context) -> {
			StorageSetupException failure = BuddyJpaAutoConfigurationTests.failure(context.getStartupFailure());
			assertThat(failure.description()).contains("[one, two]");
			assertThat(failure.action()).contains("buddy.storage.entity-manager-factory", "@Primary");
		});
	}

	private static void expect(DataSource data, EntityManagerFactory factory, String own, String others, boolean buddy)
			throws Exception {
		Tables tables = new Tables(data);
		assertThat(tables.names()).contains(own).doesNotContain(others);
		assertThat(tables.names().contains("buddy_workflow_session")).isEqualTo(buddy);
		assertThat(tables.names().contains("buddy_schema_history")).isEqualTo(buddy);
		assertThat(factory.getMetamodel().getEntities().stream().anyMatch((type) -> type.getName().startsWith("Buddy")))
			.isEqualTo(buddy);
		if (buddy) {
			assertThat(Tables.sessions(factory)).containsExactly("s1");
		}
	}

	private ApplicationContextRunner runner(Class<?> application) {
		return Starts.any("unused")
			.withUserConfiguration(application, Data.class)
			.withPropertyValues("shop.url=" + Starts.h2(this.folder, "shop"),
					"billing.url=" + Starts.h2(this.folder, "billing"));
	}

	static LocalContainerEntityManagerFactoryBean byHand(DataSource data, String entities) {
		LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
		factory.setDataSource(data);
		factory.setPackagesToScan(entities);
		factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
		factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "update"));
		return factory;
	}

	@Configuration(proxyBeanMethods = false)
	static class Data {

		@Bean
		@Primary
		DataSource shopData(Environment environment) {
			return DataSourceBuilder.create().url(environment.getRequiredProperty("shop.url")).build();
		}

		@Bean
		DataSource billingData(Environment environment) {
			return DataSourceBuilder.create().url(environment.getRequiredProperty("billing.url")).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableJpaRepositories(basePackageClasses = Customers.class)
	@Import(BillingRepositories.class)
	static class ByBuilder {

		@Bean
		@Primary
		LocalContainerEntityManagerFactoryBean entityManagerFactory(EntityManagerFactoryBuilder builder,
				@Qualifier("shopData") DataSource data) {
			return builder.dataSource(data)
				.packages(Customer.class)
				.properties(Map.of("hibernate.hbm2ddl.auto", "update"))
				.build();
		}

		@Bean
		@Primary
		JpaTransactionManager transactionManager(@Qualifier("entityManagerFactory") EntityManagerFactory factory) {
			return new JpaTransactionManager(factory);
		}

		@Bean
		LocalContainerEntityManagerFactoryBean billingFactory(EntityManagerFactoryBuilder builder,
				@Qualifier("billingData") DataSource data) {
			return builder.dataSource(data)
				.packages(Invoice.class)
				.properties(Map.of("hibernate.hbm2ddl.auto", "update"))
				.build();
		}

		@Bean
		JpaTransactionManager billingTransactions(@Qualifier("billingFactory") EntityManagerFactory factory) {
			return new JpaTransactionManager(factory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableJpaRepositories(basePackageClasses = Customers.class, entityManagerFactoryRef = "shopFactory",
			transactionManagerRef = "shopTransactions")
	@Import(BillingRepositories.class)
	static class ByHand {

		@Bean
		@Primary
		LocalContainerEntityManagerFactoryBean shopFactory(@Qualifier("shopData") DataSource data) {
			return byHand(data, "buddy.autoconfigure.shop");
		}

		@Bean
		@Primary
		JpaTransactionManager shopTransactions(@Qualifier("shopFactory") EntityManagerFactory factory) {
			return new JpaTransactionManager(factory);
		}

		@Bean
		LocalContainerEntityManagerFactoryBean billingFactory(@Qualifier("billingData") DataSource data) {
			return byHand(data, "buddy.autoconfigure.billing");
		}

		@Bean
		JpaTransactionManager billingTransactions(@Qualifier("billingFactory") EntityManagerFactory factory) {
			return new JpaTransactionManager(factory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableJpaRepositories(basePackageClasses = Invoices.class, entityManagerFactoryRef = "billingFactory",
			transactionManagerRef = "billingTransactions")
	static class BillingRepositories {

	}

	@Configuration(proxyBeanMethods = false)
	static class NonePrimary {

		@Bean
		LocalContainerEntityManagerFactoryBean one(@Qualifier("shopData") DataSource data) {
			return byHand(data, "buddy.autoconfigure.shop");
		}

		@Bean
		LocalContainerEntityManagerFactoryBean two(@Qualifier("billingData") DataSource data) {
			return byHand(data, "buddy.autoconfigure.billing");
		}

	}

}
