package benchmarks.startup;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

import javax.sql.DataSource;

import com.sun.management.OperatingSystemMXBean;
import org.flywaydb.core.Flyway;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jpa.autoconfigure.EntityManagerFactoryDependsOnPostProcessor;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * An application with web, JPA, Flyway and an aspect, as one is before it gets the
 * starter. With the starter on the class path it also has a workflow, which is found.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StartupApplication {

	/** The property that names the file into which a start writes its {@link Start}. */
	static final String FILE = "startup.file";

	/**
	 * Starts the application, writes what that took, and ends at once.
	 * @param arguments properties of Spring Boot
	 * @throws IOException if the file cannot be written
	 */
	public static void main(String[] arguments) throws IOException {
		SpringApplication application = new SpringApplication(StartupApplication.class);
		application.setDefaultProperties(Map.of("server.port", "0", "spring.main.banner-mode", "off",
				"spring.jpa.hibernate.ddl-auto", "validate", "spring.jpa.open-in-view", "false"));
		ConfigurableApplicationContext context = application.run(arguments);
		boolean workflow = Arrays.stream(context.getBeanDefinitionNames())
			.anyMatch((name) -> name.toLowerCase(Locale.ROOT).endsWith("greetingworkflow"));
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		Files.writeString(Path.of(context.getEnvironment().getRequiredProperty(FILE)),
				system.getProcessCpuTime() + " " + workflow);
		Runtime.getRuntime().halt(0);
	}

	@Bean(initMethod = "migrate")
	Flyway flyway(DataSource dataSource) {
		return Flyway.configure()
			.dataSource(dataSource)
			.locations("classpath:startup/migration")
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.load();
	}

	@Bean
	static EntityManagerFactoryDependsOnPostProcessor entitiesAfterMigration() {
		return new EntityManagerFactoryDependsOnPostProcessor("flyway");
	}

	@Bean
	Auditing auditing() {
		return new Auditing();
	}

	@Bean
	Orders orders(PurchaseRepository purchases) {
		return new Orders(purchases);
	}

	@Bean
	RouterFunction<ServerResponse> routes(Orders orders) {
		return RouterFunctions.route()
			.GET("/orders", (request) -> ServerResponse.ok().body(String.valueOf(orders.count())))
			.build();
	}

}
