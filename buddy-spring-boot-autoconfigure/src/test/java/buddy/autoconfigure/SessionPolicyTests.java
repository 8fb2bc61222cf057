package buddy.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.concurrent.DelegatingSecurityContextExecutorService;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

import buddy.autoconfigure.BuddyWorkflows.Greeter;
import buddy.json.UnstorableValueException;
import buddy.session.RetentionOptions;
import buddy.session.RunPage;
import buddy.session.UserRequiredException;
import buddy.session.WorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.SessionRetention;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.DelegatingRepository;
import buddy.workflow.WorkflowScope;
import buddy.workflow.internal.registry.RegisteredWorkflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whose runs and sessions are, and how long and how large they may be, by properties.
 */
class SessionPolicyTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class,
				BuddyRetentionAutoConfiguration.class))
		.withBean("greeter", Greeter.class);

	private final Set<Thread> others = retentionThreads().collect(Collectors.toSet());

	@AfterEach
	void signOut() {
		SecurityContextHolder.clearContext();
	}

	@Test
	void runWithoutAUserIsRefusedBeforeAnythingIsWritten() {
		this.runner.withPropertyValues("buddy.session.require-user=true").run((context) -> {
			Greeter greeter = context.getBean(Greeter.class);
			assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> greeter.run("s", "Ada"))
				.withMessageContaining("greeter")
				.withMessageContaining("@UserId")
				.withMessageContaining("buddy.workflows.greeter.user-id");
			assertThat(context.getBean(WorkflowSessionRepository.class).find("s")).isEmpty();
			WorkflowSessions sessions = context.getBean(WorkflowSessions.class);
			assertThatExceptionOfType(UserRequiredException.class).isThrownBy(() -> sessions.recent(5));
			WorkflowScope.ofUser("alice").run(() -> greeter.run("s", "Ada"));
			assertThat(WorkflowScope.ofUser("alice").call(() -> sessions.recent(5))).hasSize(1);
			assertThat(WorkflowScope.ofUser("bob").call(() -> sessions.recent(5))).isEmpty();
		});
	}

	@Test
	void nobodysSessionOfBeforeIsTakenByTheUserWhoRunsInIt() {
		MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
		ApplicationContextRunner shared = this.runner.withBean(WorkflowSessionRepository.class, () -> store);
		shared.run((context) -> context.getBean(Greeter.class).run("s", "Ada"));
		shared.withPropertyValues("buddy.session.require-user=true").run((context) -> {
			WorkflowSessions sessions = context.getBean(WorkflowSessions.class);
			assertThat(sessions.asUser("alice").find("s")).isEmpty();
			assertThat(sessions.asUser(null).find("s")).isPresent();
			WorkflowScope.ofUser("alice").run(() -> context.getBean(Greeter.class).run("s", "Ada"));
			assertThat(sessions.asUser("alice").find("s")).isPresent();
			assertThat(sessions.asUser(null).find("s")).isEmpty();
		});
	}

	@Test
	void principalIsTheUserOfRunsAndOfLooksAlsoOnOtherThreads() {
		this.runner.withPropertyValues("buddy.session.require-user=true").run((context) -> {
			Greeter greeter = context.getBean(Greeter.class);
			WorkflowSessions sessions = context.getBean(WorkflowSessions.class);
			signIn("alice");
			greeter.run("s", "Ada");
			assertThat(sessions.find("s")).isPresent();
			var executor = new DelegatingSecurityContextExecutorService(Executors.newSingleThreadExecutor());
			try {
				executor.submit(() -> greeter.run("s", "Ada")).get();
				assertThat(executor.submit(() -> sessions.runs("s", RunPage.first(5)).items()).get()).hasSize(2)
					.allMatch((run) -> "alice".equals(run.userId()));
			}
			finally {
				executor.shutdownNow();
			}
			signIn("bob");
			assertThat(sessions.find("s")).isEmpty();
			assertThat(sessions.recent(5)).isEmpty();
		});
	}

	@Test
	void sizesAreProperties() {
		this.runner.withPropertyValues("buddy.runs.max-input-size=1KB", "buddy.runs.max-content-size=0")
			.run((context) -> {
				Greeter greeter = context.getBean(Greeter.class);
				assertThatExceptionOfType(UnstorableValueException.class)
					.isThrownBy(() -> greeter.run("s", "x".repeat(1024)));
			});
		this.runner.withPropertyValues("buddy.runs.max-input-size=-1KB")
			.run((context) -> assertThat(context).hasFailed());
	}

	@Test
	void retentionSweepsOnAThreadOfItsOwnThatEndsWithTheApplication() {
		this.runner.withPropertyValues("buddy.retention.runs-per-session=2", "buddy.retention.interval=20ms")
			.run((context) -> {
				for (int i = 0; i < 5; i++) {
					context.getBean(Greeter.class).run("s", "Ada");
				}
				WorkflowSessions sessions = context.getBean(WorkflowSessions.class);
				Awaitility.await().until(() -> sessions.runs("s", RunPage.first(10)).items().size() == 2);
				assertThat(threads()).isEqualTo(1);
				context.stop();
				Awaitility.await().until(() -> threads() == 0);
				context.start();
				context.getBean(Greeter.class).run("s", "Ada");
				Awaitility.await().until(() -> sessions.runs("s", RunPage.first(10)).items().size() == 2);
			});
		Awaitility.await().until(() -> threads() == 0);
	}

	@Test
	void withoutRetentionThereIsNoThread() {
		this.runner.run((context) -> {
			assertThat(threads()).isZero();
			assertThat(context.getBean(SessionRetention.class).sweep()).isEqualTo(new SessionRetention.Swept(0, 0));
		});
		this.runner.withPropertyValues("buddy.retention.runs-per-session=0")
			.run((context) -> assertThat(threads()).isZero());
	}

	@Test
	void retentionOfOneWorkflowIsAProperty() {
		this.runner.withPropertyValues("buddy.workflows.greeter.retention.run-age=30d",
				"buddy.workflows.greeter.retention.runs-per-session=5", "buddy.workflows.gone.retention.session-age=1d")
			.run((context) -> assertThat(context.getBean(RegisteredWorkflows.class).retention())
				.isEqualTo(Map.of("greeter", new RetentionOptions(Duration.ofDays(30), 5, null), "gone",
						new RetentionOptions(null, null, Duration.ofDays(1)))));
	}

	@Test
	void retentionIsRefusedWhereTheStoreCannot() {
		ApplicationContextRunner own = this.runner.withBean(WorkflowSessionRepository.class,
				() -> new DelegatingRepository(new MapWorkflowSessionRepository()));
		own.run((context) -> assertThat(context).hasNotFailed());
		own.withPropertyValues("buddy.retention.run-age=30d")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("DelegatingRepository")
				.hasMessageContaining("RunRetention"));
	}

	/** Other tests' applications may be open, and have theirs. */
	private long threads() {
		return retentionThreads().filter((thread) -> !this.others.contains(thread)).count();
	}

	private static Stream<Thread> retentionThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("buddy-retention"));
	}

	private static void signIn(String user) {
		SecurityContextHolder
			.setContext(new SecurityContextImpl(new TestingAuthenticationToken(user, "secret", "USER")));
	}

}
