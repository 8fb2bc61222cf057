package buddy.autoconfigure;

import java.nio.file.Path;

import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;

import buddy.autoconfigure.shop.Shop;

/** Starts applications with JPA and nothing else. */
final class Starts {

	private Starts() {
	}

	/** No configuration of the application but its data source's URL. */
	static ApplicationContextRunner shop(String url) {
		return any(url).withUserConfiguration(ShopPackage.class);
	}

	static ApplicationContextRunner any(String url) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceInitializationAutoConfiguration.class, HibernateJpaAutoConfiguration.class,
					DataJpaRepositoriesAutoConfiguration.class, TransactionAutoConfiguration.class,
					TaskExecutionAutoConfiguration.class, BuddyJpaAutoConfiguration.class))
			.withPropertyValues("spring.datasource.url=" + url);
	}

	static String h2(Path folder) {
		return h2(folder, "application");
	}

	static String h2(Path folder, String name) {
		return "jdbc:h2:async:" + folder.resolve(name) + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
	}

	static String sqlite(Path folder) {
		return "jdbc:sqlite:" + folder.resolve("application.sqlite")
				+ "?journal_mode=WAL&busy_timeout=5000&transaction_mode=IMMEDIATE";
	}

	@AutoConfigurationPackage(basePackageClasses = Shop.class)
	static class ShopPackage {

	}

}
