package buddy.autoconfigure;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A warning where open-in-view and a small pool let requests wait for each other.
 */
@ExtendWith(OutputCaptureExtension.class)
class OpenInViewCheckTests {

	private static final String WARNING = "spring.jpa.open-in-view is on, and the connection pool has ";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void smallPoolIsWarnedAbout(CapturedOutput output) {
		check(1, true);
		assertThat(output).contains(WARNING + "one connection").contains("such a request waits for itself");
		check(4, true);
		assertThat(output).contains(WARNING + "4 connections")
			.contains("4 such requests at once wait for each other")
			.contains("spring.jpa.open-in-view=false");
	}

	@Test
	void largerPoolIsNot(CapturedOutput output) {
		check(10, true);
		check(1, false);
		this.environment.setProperty("server.tomcat.threads.max", "3");
		check(4, true);
		assertThat(output).doesNotContain(WARNING);
		check(3, true);
		assertThat(output).contains(WARNING + "3 connections");
	}

	@Test
	void virtualThreadsHaveNoLimit(CapturedOutput output) {
		this.environment.setProperty("server.tomcat.threads.max", "3");
		this.environment.setProperty("spring.threads.virtual.enabled", "true");
		check(4, true);
		assertThat(output).contains(WARNING);
	}

	@Test
	void applicationIsChecked(CapturedOutput output) {
		WebApplicationContextRunner runner = new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, DataSourceAutoConfiguration.class,
					HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class,
					TransactionAutoConfiguration.class, BuddyJpaAutoConfiguration.class, BuddyAutoConfiguration.class))
			.withUserConfiguration(Application.class)
			.withPropertyValues("buddy.scan.enabled=false", "spring.datasource.url=jdbc:h2:mem:open-in-view",
					"spring.datasource.hikari.maximum-pool-size=2");
		runner.withPropertyValues("spring.jpa.open-in-view=false").run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(WARNING);
		runner.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains(WARNING + "2 connections");
	}

	private void check(int poolSize, boolean openInView) {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		HikariDataSource pool = new HikariDataSource();
		pool.setMaximumPoolSize(poolSize);
		beans.registerSingleton("pool", pool);
		if (openInView) {
			beans.registerSingleton("view", new OpenEntityManagerInViewInterceptor());
		}
		new OpenInViewCheck(beans, beans.getBeanProvider(DataSource.class), this.environment)
			.afterSingletonsInstantiated();
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage
	static class Application {

	}

}
