package buddy.autoconfigure;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.Workflow;

/**
 * Logs one line at start-up: the number of workflows, where they are stored, and to whom
 * they are served.
 */
final class StartupReport implements ApplicationListener<ApplicationStartedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(StartupReport.class);

	private final ListableBeanFactory beans;

	StartupReport(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public void onApplicationEvent(ApplicationStartedEvent event) {
		if (logger.isInfoEnabled() && event.getApplicationContext().getAutowireCapableBeanFactory() == this.beans) {
			logger.info("buddy started: {}", line());
		}
	}

	String line() {
		// do not create lazy workflows for this
		int workflows = this.beans.getBeanNamesForType(Workflow.class, true, false).length;
		List<String> parts = new ArrayList<>();
		parts.add(workflows + ((workflows == 1) ? " workflow" : " workflows"));
		parts.add("stored in " + store());
		parts.add(served());
		if (this.beans.containsBean("buddyConsoleRoutes")) {
			parts.add("with the console at " + path(this.beans.getBean(Environment.class)) + "/console/");
		}
		return String.join(", ", parts);
	}

	private String store() {
		if (!isUsed(WorkflowSessionRepository.class)) {
			return "a store that is opened on first use";
		}
		WorkflowSessionRepository repository = this.beans.getBeanProvider(WorkflowSessionRepository.class)
			.getIfAvailable();
		if (repository instanceof MapWorkflowSessionRepository) {
			return "memory";
		}
		String database = ClassUtils.isPresent("jakarta.persistence.EntityManagerFactory", getClass().getClassLoader())
				? Jpa.database(this.beans) : null;
		if (database != null) {
			return database;
		}
		return (repository != null) ? ClassUtils.getUserClass(repository).getName() : "nothing";
	}

	private boolean isUsed(Class<?> type) {
		String[] names = this.beans.getBeanNamesForType(type, true, false);
		return names.length == 0 || !(this.beans instanceof SingletonBeanRegistry created)
				|| Arrays.stream(names).anyMatch(created::containsSingleton);
	}

	private String served() {
		if (!this.beans.containsBean("buddyRoutes")) {
			return "not served over HTTP";
		}
		Environment environment = this.beans.getBean(Environment.class);
		String path = path(environment);
		boolean remote = environment.getProperty("buddy.web.allow-remote", Boolean.class, false);
		if (this.beans.containsBean("springSecurityFilterChain")) {
			return "served at " + path + " to users with the roles " + role(environment, "viewer") + " (reads) and "
					+ role(environment, "operator") + " (acts)";
		}
		return "served at " + path + " to " + (remote ? "everybody" : "clients on this machine only");
	}

	private static String path(Environment environment) {
		return environment.getProperty("server.servlet.context-path", "")
				+ environment.getProperty("buddy.web.base-path", "/buddy");
	}

	private static String role(Environment environment, String name) {
		String role = environment.getProperty("buddy.web.security." + name + "-role", name);
		return role.isEmpty() ? "(any)" : role;
	}

	/** Returns a URL without user, password and parameters. */
	static String withoutSecrets(String url) {
		return url.split("[?;]", 2)[0].replaceFirst("//[^/@]*@", "//");
	}

	/** Loaded only where JPA is present. */
	private static final class Jpa {

		static @Nullable String database(ListableBeanFactory beans) {
			if (!beans.containsBean("buddyEntityManagerFactoryHook")) {
				return null;
			}
			String chosen = beans.getBean(Environment.class).getProperty("buddy.storage.entity-manager-factory");
			EntityManagerFactory factory = (chosen != null) ? beans.getBean(chosen, EntityManagerFactory.class)
					: beans.getBeanProvider(EntityManagerFactory.class).getIfUnique();
			Object source = (factory != null) ? factory.getProperties().get("jakarta.persistence.nonJtaDataSource")
					: null;
			DataSource dataSource = (source instanceof DataSource found) ? found
					: beans.getBeanProvider(DataSource.class).getIfUnique();
			if (dataSource == null) {
				return "the application's database";
			}
			try (Connection connection = dataSource.getConnection()) {
				DatabaseMetaData about = connection.getMetaData();
				return about.getDatabaseProductName() + " at " + withoutSecrets(String.valueOf(about.getURL()));
			}
			catch (SQLException | RuntimeException ex) {
				return "the application's database";
			}
		}

	}

}
