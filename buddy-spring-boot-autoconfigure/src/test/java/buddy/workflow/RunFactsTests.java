package buddy.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;

import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.StoredRun;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a run knows of itself, and keeps, in the less usual cases.
 */
class RunFactsTests {

	private final MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();

	private final TaskWorkflow tasks = Workflows.proxy(new TaskWorkflow(), this.store);

	@Test
	void removedDefaultStaysRemoved() {
		this.tasks.run("s1", null, (workflow) -> workflow.sessionState().remove("todo"));
		List<Boolean> there = new ArrayList<>();
		this.tasks.run("s1", null, (workflow) -> there.add(workflow.sessionState().containsKey("todo")));
		assertThat(there).containsExactly(false);
		assertThat(this.store.find("s1").orElseThrow().state()).isEqualTo("{}");
	}

	@Test
	void scopeInsideAScopeKeepsTheUserAndTheSession() {
		WorkflowScope.ofUser("alice")
			.call(() -> WorkflowScope.session("inner").call(() -> this.tasks.run(null, null, null)));
		assertThat(this.store.find("inner").orElseThrow().userId()).isEqualTo("alice");
		WorkflowScope.session("outer")
			.sessionName("Outer")
			.call(() -> WorkflowScope.ofUser("bob").call(() -> this.tasks.run(null, null, null)));
		assertThat(this.store.find("outer")).hasValueSatisfying((session) -> {
			assertThat(session.userId()).isEqualTo("bob");
			assertThat(session.sessionName()).isEqualTo("Outer");
		});
	}

	@Test
	void bodySeesTheIdsOfItsRunWhateverTheCallerPassed() {
		assertThat(WorkflowScope.session("scoped").user("alice").call(() -> this.tasks.run("passed", null, null)))
			.isEqualTo("scoped of alice");
		assertThat(this.tasks.run("passed", "bob", null)).isEqualTo("passed of bob");
		assertThat(this.store.find("passed")).isPresent();
	}

	@Test
	void scopeReachesTheThreadsThatTheRunIsCarriedTo() {
		CompletableFuture<String> answer = WorkflowScope.session("far")
			.call(() -> CompletableFuture.supplyAsync(() -> this.tasks.run(null, null, null),
					RunContext.wrap((task) -> new Thread(task).start())));
		assertThat(answer.join()).isEqualTo("far of null");
	}

	@Test
	void exceptionThatCannotTellItsMessageIsRecordedAndReachesTheCaller() {
		RuntimeException mute = new RuntimeException() {

			@Override
			public String getMessage() {
				throw new IllegalStateException("mute");
			}

		};
		Throwable thrown = catchThrowable(() -> this.tasks.run("s2", null, (workflow) -> {
			throw mute;
		}));
		assertThat(thrown == mute).isTrue();
		StoredRun run = this.store.runs("s2", RunPage.first(1)).get(0);
		assertThat(run.status()).isEqualTo(RunStatus.ERROR);
		assertThat(run.error()).contains("own method threw");
	}

	@Test
	void runnerCallsABeanThroughItsProxy() throws Throwable {
		List<String> seen = new ArrayList<>();
		ProxyFactory factory = new ProxyFactory(this.tasks);
		factory.setProxyTargetClass(true);
		factory.addAdvice((MethodInterceptor) (invocation) -> {
			seen.add(invocation.getMethod().getName());
			return invocation.proceed();
		});
		Workflow bean = (Workflow) factory.getProxy();
		WorkflowRunner.over(() -> this.store).build().run(bean, "s3", null, null);
		assertThat(seen).contains("run");
		assertThat(this.store.runs("s3", RunPage.first(5))).hasSize(1);
	}

	static class TaskWorkflow extends Workflow {

		TaskWorkflow() {
			super(WorkflowSettings.builder().sessionState(Map.of("todo", "x")).build());
		}

		String run(@SessionId @Nullable String session, @UserId @Nullable String user, @Nullable Body body) {
			if (body != null) {
				body.accept(this);
			}
			return session + " of " + user;
		}

		@FunctionalInterface
		interface Body {

			void accept(TaskWorkflow workflow);

		}

	}

}
