package buddy.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import buddy.storage.EndOutcome;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.RunEnd;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.DelegatingRepository;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Where the aspect stands among others.
 */
class WorkflowAspectOrderTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class));

	@Test
	void runEndsAfterItsOwnTransaction() {
		this.runner.withUserConfiguration(Transactions.class).run((context) -> {
			Booking booking = context.getBean(Booking.class);
			List<String> log = context.getBean(Log.class).lines;
			booking.run("s", () -> log.add("body in transaction " + transaction()));
			assertThat(log).containsExactly("begin of run, in transaction false", "begin", "body in transaction true",
					"commit", "end of run COMPLETED, in transaction false");
			log.clear();
			assertThatThrownBy(() -> booking.run("s", () -> {
				throw new IllegalStateException("boom");
			})).hasMessage("boom");
			assertThat(log).containsExactly("begin of run, in transaction false", "begin", "rollback",
					"end of run ERROR, in transaction false");
		});
	}

	@Test
	void transactionThatCannotCommitFailsTheRun() {
		this.runner.withUserConfiguration(Transactions.class).run((context) -> {
			context.getBean(Log.class).failing = true;
			assertThatThrownBy(() -> context.getBean(Booking.class).run("s", () -> "x")).hasMessage("no commit");
			assertThat(context.getBean(Log.class).lines).last().isEqualTo("end of run ERROR, in transaction false");
		});
	}

	@Test
	void refusedCallLeavesNoTrace() {
		this.runner.withUserConfiguration(Security.class).run((context) -> {
			Guarded guarded = context.getBean(Guarded.class);
			WorkflowSessionRepository store = context.getBean(WorkflowSessionRepository.class);
			assertThat(context).hasNotFailed();
			SecurityContextHolder
				.setContext(new SecurityContextImpl(new TestingAuthenticationToken("bob", "", "ROLE_USER")));
			try {
				assertThatExceptionOfType(AuthorizationDeniedException.class).isThrownBy(() -> guarded.run("s"));
				assertThat(store.find("s")).isEmpty();
				SecurityContextHolder
					.setContext(new SecurityContextImpl(new TestingAuthenticationToken("ada", "", "ROLE_ADMIN")));
				assertThat(guarded.run("s")).isEqualTo("secret");
				assertThat(store.find("s").map(StoredSession::userId)).contains("ada");
			}
			finally {
				SecurityContextHolder.clearContext();
			}
		});
	}

	private static boolean transaction() {
		return TransactionSynchronizationManager.isActualTransactionActive();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Transactions {

		@Bean
		Booking booking() {
			return new Booking();
		}

		@Bean
		Log log() {
			return new Log();
		}

		@Bean
		PlatformTransactionManager transactionManager(Log log) {
			return new LoggingTransactions(log);
		}

		@Bean
		WorkflowSessionRepository store(Log log) {
			return new LoggingRepository(log);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class Security {

		@Bean
		Guarded guarded() {
			return new Guarded();
		}

	}

	static class Log {

		private final List<String> lines = new ArrayList<>();

		private boolean failing;

	}

	static class Booking extends Workflow {

		@Transactional
		public Object run(@SessionId String sessionId, Supplier<Object> body) {
			return body.get();
		}

	}

	static class Guarded extends Workflow {

		@PreAuthorize("hasRole('ADMIN')")
		public String run(@SessionId String sessionId) {
			return "secret";
		}

	}

	static class LoggingTransactions extends AbstractPlatformTransactionManager {

		private static final long serialVersionUID = 1L;

		private final transient Log log;

		LoggingTransactions(Log log) {
			this.log = log;
		}

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			this.log.lines.add("begin");
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			if (this.log.failing) {
				throw new IllegalStateException("no commit");
			}
			this.log.lines.add("commit");
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			this.log.lines.add("rollback");
		}

	}

	static class LoggingRepository extends DelegatingRepository {

		private final Log log;

		LoggingRepository(Log log) {
			super(new MapWorkflowSessionRepository());
			this.log = log;
		}

		@Override
		public OpenedSession begin(NewRun run) {
			this.log.lines.add("begin of run, in transaction " + transaction());
			return super.begin(run);
		}

		@Override
		public EndOutcome end(RunEnd end) {
			this.log.lines.add("end of run " + end.status() + ", in transaction " + transaction());
			return super.end(end);
		}

	}

}
