package buddy.testkit;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.storage.WorkflowSessionRepository;

/**
 * A real application on a database, which writes down the statements that it sends.
 */
public final class TestApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private TestApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts an application.
	 * @param properties properties of Spring Boot, as {@link TestDatabase#create()} gives
	 * @param sources more configuration classes
	 * @return the application
	 */
	public static TestApplication start(String[] properties, Class<?>... sources) {
		return new TestApplication(new SpringApplicationBuilder(Application.class).sources(sources)
			.web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "buddy.scan.enabled=false", "buddy.runs.shutdown-grace=0s",
					"spring.jpa.open-in-view=false", "spring.jpa.hibernate.ddl-auto=validate",
					// what it sends by itself would be among the statements
					"buddy.node.end-orphans=false", "buddy.engine.enabled=false")
			.properties(properties)
			.run());
	}

	/**
	 * Returns a bean.
	 * @param type its type
	 * @param <T> its type
	 * @return the bean
	 */
	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	/**
	 * Returns a bean of which there are several.
	 * @param name its name
	 * @param type its type
	 * @param <T> its type
	 * @return the bean
	 */
	public <T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	/**
	 * Returns the store, emptied.
	 * @return the store bean
	 */
	public WorkflowSessionRepository emptyRepository() {
		JdbcTemplate template = new JdbcTemplate(bean(DataSource.class));
		template.update("delete from buddy_workflow_run_event");
		template.update("delete from buddy_workflow_run_question");
		template.update("delete from buddy_workflow_run_step");
		template.update("delete from buddy_workflow_run");
		template.update("delete from buddy_workflow_session");
		template.update("delete from buddy_workflow_audit");
		template.update("delete from buddy_node");
		template.update("delete from buddy_task");
		template.update("delete from buddy_workflow_schedule");
		template.update("delete from buddy_workflow_budget");
		template.update("delete from buddy_workflow_flow_run");
		template.update("delete from buddy_workflow_flow");
		return bean(WorkflowSessionRepository.class);
	}

	/**
	 * Returns the statements since the last call, with the values bound to them, without
	 * those that the application sends by itself at its own times.
	 * @return a line each, spaces folded
	 */
	public List<Statement> statements() {
		List<Statement> statements = bean(Statements.class).taken;
		List<Statement> copy = List.copyOf(statements);
		statements.clear();
		return copy;
	}

	/**
	 * Returns how many connections of the pool somebody holds.
	 * @return the number
	 */
	public int connectionsInUse() {
		try {
			return bean(DataSource.class).unwrap(HikariDataSource.class).getHikariPoolMXBean().getActiveConnections();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * A statement that was sent.
	 *
	 * @param sql its text, spaces folded
	 * @param values the values bound to it
	 */
	public record Statement(String sql, List<Object> values) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		/** A test with very many of them does without, as they are kept. */
		@Bean
		@ConditionalOnProperty(name = "test.statements", matchIfMissing = true)
		static Statements statements() {
			return new Statements();
		}

	}

	static final class Statements implements BeanPostProcessor {

		/**
		 * The threads of what an application looks for by itself, so many seconds or
		 * minutes after its start, whatever a test does then.
		 */
		private static final Pattern BY_ITSELF = Pattern
			.compile("buddy-(retention|(orphans|paused-runs|queued-runs)-\\d+)");

		private final List<Statement> taken = new CopyOnWriteArrayList<>();

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (bean instanceof DataSource dataSource) ? ProxyDataSourceBuilder.create(dataSource)
				.afterQuery((execution, queries) -> take(queries))
				.build() : bean;
		}

		private void take(List<QueryInfo> queries) {
			if (BY_ITSELF.matcher(Thread.currentThread().getName()).matches()) {
				return;
			}
			queries.forEach((query) -> this.taken.add(new Statement(query.getQuery().replaceAll("\\s+", " ").strip(),
					query.getParametersList()
						.stream()
						.flatMap((parameters) -> parameters.stream())
						.filter((parameter) -> parameter.getArgs().length > 1)
						.map((parameter) -> parameter.getArgs()[1])
						.toList())));
		}

	}

}
