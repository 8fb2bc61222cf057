package buddy.web;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.NoOpPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import reactor.core.publisher.Flux;

import buddy.run.RunResponse;
import buddy.testkit.TestDatabase;
import buddy.workflow.SessionId;
import buddy.workflow.UserId;
import buddy.workflow.Workflow;

/**
 * An application with workflows behind a real port.
 */
final class WebApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private WebApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/** Starts an application on a database of its own, without Spring Security. */
	static WebApplication open(String... properties) {
		return start(TestDatabase.H2.create(), properties);
	}

	/**
	 * Starts an application in which alice and bob are operators, and vera views.
	 */
	static WebApplication secured(String... properties) {
		return start(TestDatabase.H2.create(), properties, Secured.class);
	}

	/** Starts an application of more beans. */
	static WebApplication with(Class<?> source, String... properties) {
		return start(TestDatabase.H2.create(), properties, source);
	}

	static WebApplication start(String[] database, String[] properties, Class<?>... sources) {
		return new WebApplication(new SpringApplicationBuilder(Application.class).sources(sources)
			.web(WebApplicationType.SERVLET)
			.properties("spring.main.banner-mode=off", "buddy.scan.enabled=false", "server.port=0",
					"spring.jpa.hibernate.ddl-auto=validate", "buddy.runs.cancel-poll-interval=100ms",
					"buddy.runs.shutdown-grace=0s",
					// what these tests look at is in the process that is asked
					"buddy.web.queue-runs=false")
			.properties(Stream.concat(Stream.of(database), Stream.of(properties)).toArray(String[]::new))
			.run());
	}

	int port() {
		return Integer.parseInt(this.context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	Http http() {
		return Http.to(port());
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	<T> Map<String, T> beans(Class<T> type) {
		return this.context.getBeansOfType(type);
	}

	Gate gate() {
		return bean(Gate.class);
	}

	/** Everything that is stored. */
	Map<String, List<Map<String, Object>>> stored() {
		JdbcTemplate jdbc = new JdbcTemplate(bean(DataSource.class));
		Map<String, List<Map<String, Object>>> rows = new TreeMap<>();
		rows.put("sessions", jdbc.queryForList(
				"select session_id, user_id, session_name, version, updated_at from buddy_workflow_session order by session_id"));
		rows.put("runs", jdbc
			.queryForList("select run_id, session_id, user_id, status from buddy_workflow_run order by run_id"));
		return rows;
	}

	@Override
	public void close() {
		gate().open();
		this.context.close();
	}

	/** Where a workflow waits until the test lets it go on. */
	static final class Gate {

		private volatile CountDownLatch latch = new CountDownLatch(1);

		void open() {
			this.latch.countDown();
		}

		void shut() {
			this.latch = new CountDownLatch(1);
		}

		boolean await() throws InterruptedException {
			return this.latch.await(20, TimeUnit.MILLISECONDS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		EchoWorkflow echo() {
			return new EchoWorkflow();
		}

		@Bean
		TypedWorkflow typed() {
			return new TypedWorkflow();
		}

		@Bean
		FailingWorkflow failing() {
			return new FailingWorkflow();
		}

		@Bean
		GatedWorkflow gated(Gate gate) {
			return new GatedWorkflow(gate);
		}

		@Bean
		FlowingWorkflow flowing() {
			return new FlowingWorkflow();
		}

		@Bean
		OwnedWorkflow owned() {
			return new OwnedWorkflow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	static class Secured {

		@Bean
		UserDetailsService users() {
			InMemoryUserDetailsManager users = new InMemoryUserDetailsManager(Stream.of("alice", "bob", "olga")
				.map((name) -> User.withUsername(name).password("{noop}secret").roles("operator").build())
				.toList());
			users.createUser(User.withUsername("vera").password("{noop}secret").roles("viewer").build());
			users.createUser(User.withUsername("nemo").password("{noop}secret").roles("guest").build());
			return users;
		}

		/** Instead of bcrypt, which costs each application half a second. */
		@Bean
		@SuppressWarnings("deprecation")
		PasswordEncoder passwords() {
			return new DelegatingPasswordEncoder("noop", Map.of("noop", NoOpPasswordEncoder.getInstance()));
		}

		@Bean
		SecurityFilterChain application(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

	}

	static class EchoWorkflow extends Workflow {

		RunResponse run(String text, int times) {
			sessionState().increment("count", 1);
			return RunResponse.of(text.repeat(times));
		}

	}

	record City(String name, int population) {
	}

	enum Size {

		SMALL, LARGE

	}

	static class TypedWorkflow extends Workflow {

		String run(@Nullable City city, @Nullable List<City> cities, @Nullable Size size, @Nullable Boolean flag,
				double ratio) {
			return city + " " + cities + " " + size + " " + flag + " " + ratio;
		}

	}

	static class FailingWorkflow extends Workflow {

		String run(String text) {
			throw new IllegalStateException("a secret of " + text);
		}

	}

	static class GatedWorkflow extends Workflow {

		private final Gate gate;

		GatedWorkflow(Gate gate) {
			this.gate = gate;
		}

		String run(@SessionId String session) throws InterruptedException {
			while (!this.gate.await()) {
				if (cancelled()) {
					return "stopped";
				}
			}
			return "through";
		}

	}

	static class FlowingWorkflow extends Workflow {

		Flux<String> run(String text) {
			return Flux.just(text, " and ", text);
		}

	}

	static class OwnedWorkflow extends Workflow {

		String run(@UserId String owner) {
			return "of " + owner;
		}

	}

}
