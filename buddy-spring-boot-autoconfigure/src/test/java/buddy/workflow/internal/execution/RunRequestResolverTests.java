package buddy.workflow.internal.execution;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import buddy.json.UnstorableValueException;
import buddy.run.RunContext;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.session.InvalidIdException;
import buddy.session.SessionAccess;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.StoredSession;
import buddy.workflow.Recorded;
import buddy.workflow.SessionId;
import buddy.workflow.UserId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.registry.CurrentUser;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * In whose session a run is, and whose it is.
 */
class RunRequestResolverTests {

	private final Recorded recorded = new Recorded();

	private final Named named = this.recorded.proxy(new Named());

	private Supplier<String> body = () -> "";

	private final Outer outer = this.recorded.proxy(new Outer("outer", () -> this.body.get()));

	private final Inner inner = this.recorded.proxy(new Inner("inner"));

	@Test
	void firstThatTellsTheSessionWins() {
		WorkflowSettings settings = WorkflowSettings.builder().sessionId("settings").userId("set").build();
		WorkflowRunner.Builder runner = this.recorded.runner(this.recorded.repository);
		Named plain = Workflows.proxy(new Named(settings), runner.build());
		Named resolved = Workflows.proxy(new Named(settings),
				runner
					.sessionIdResolvers(List.of((workflow) -> null, (workflow) -> "resolved-" + workflow.workflowId()))
					.userIdResolvers(List.of((workflow) -> null, (workflow) -> "res"))
					.build());
		WorkflowScope scope = WorkflowScope.session("scope").user("sco");
		assertThat(scope.call(() -> resolved.run("parameter", "par"))).isEqualTo("scope sco");
		assertThat(resolved.run("parameter", "par")).isEqualTo("parameter par");
		assertThat(resolved.run(null, null)).isEqualTo("resolved-named res");
		assertThat(plain.run(null, null)).isEqualTo("settings set");
		String random = this.named.run(null, null);
		assertThat(random).endsWith(" null");
		assertThat(UUID.fromString(random.substring(0, 36))).isNotNull();
		assertThat(this.named.run(null, null)).isNotEqualTo(random);
		assertThat(WorkflowScope.ofUser("bob").call(() -> this.named.run("b", null))).isEqualTo("b bob");
	}

	@Test
	void scopesNestAndEnd() {
		WorkflowScope.session("one").run(() -> {
			assertThat(this.named.run(null, null)).isEqualTo("one null");
			WorkflowScope.session("two").run(() -> assertThat(this.named.run(null, null)).isEqualTo("two null"));
			assertThat(this.named.run(null, null)).isEqualTo("one null");
		});
		assertThatThrownBy(() -> WorkflowScope.session("three").call(() -> {
			throw new IOException("checked");
		})).isInstanceOf(IOException.class);
		assertThat(this.named.run(null, null)).doesNotStartWith("one").doesNotStartWith("three");
	}

	@Test
	void badIdsAreRefusedBeforeAnything() {
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> WorkflowScope.session("a/b"));
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> WorkflowScope.ofUser(""));
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> this.named.run("a b", null));
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> this.named.run("s", "a\nb"));
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> WorkflowScope.session("s").sessionName("a\u0000"));
		assertThatExceptionOfType(UnstorableValueException.class)
			.isThrownBy(() -> WorkflowScope.session("s").sessionState(Map.of("a", "\u0000")));
		assertThat(this.recorded.repository.find("s")).isEmpty();
	}

	@Test
	void sessionOfAnotherWorkflowIsRefusedNamingItsOwner() {
		this.named.run("s", null);
		assertThatExceptionOfType(SessionWorkflowMismatchException.class)
			.isThrownBy(() -> WorkflowScope.session("s").call(() -> this.inner.run("x")))
			.withMessageContaining("named")
			.withMessageContaining("inner");
		assertThat(this.recorded.runs("s")).hasSize(1);
	}

	@Test
	void scopesStateWinsOverTheStoredOneAndIsStored() {
		Named stating = this.recorded.proxy(new Named());
		WorkflowScope.session("s").sessionState(Map.of("tone", "concise")).run(() -> stating.run(null, null));
		WorkflowScope.session("s")
			.sessionState(Map.of("in", Map.of("a", 1)))
			.run(() -> assertThat(stating.run(null, null)).isEqualTo("s null"));
		assertThat(this.recorded.repository.find("s").orElseThrow().state())
			.isEqualTo("{\"tone\":\"concise\",\"in\":{\"a\":1}}");
	}

	@Test
	void runHidesTheScopeAroundIt() {
		this.body = () -> this.inner.run("x");
		WorkflowScope.session("scope").sessionState(Map.of("a", 1)).user("alice").run(() -> this.outer.run(null));
		WorkflowRun child = this.recorded.onlyRun("scope:inner");
		assertThat(child.userId()).isEqualTo("alice");
		assertThat(this.recorded.repository.find("scope:inner").map(StoredSession::state).orElseThrow())
			.doesNotContain("\"a\"");
	}

	@Test
	void nestedRunIsOneOfItsOwn() {
		this.body = () -> {
			String parent = this.outer.id();
			String child = this.inner.run("x");
			assertThat(this.outer.id()).isEqualTo(parent);
			assertThat(RunContext.current().runId()).isEqualTo(parent);
			return child;
		};
		this.outer.run("s");
		WorkflowRun parent = this.recorded.onlyRun("s");
		WorkflowRun child = this.recorded.onlyRun("s:inner");
		assertThat(parent.parentRunId()).isNull();
		assertThat(child.parentRunId()).isEqualTo(parent.runId());
		assertThat(child.input()).isEqualTo(Map.of("text", "x"));
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowStarted",
				"WorkflowCompleted", "WorkflowCompleted");
	}

	@Test
	void nestedRunMayBeInASessionOfItsOwn() {
		this.body = () -> WorkflowScope.session("mine").call(() -> this.inner.run("x"));
		this.outer.run("s");
		assertThat(this.recorded.onlyRun("mine").parentRunId()).isEqualTo(this.recorded.onlyRun("s").runId());
		this.body = () -> this.named.run("theirs", null);
		this.outer.run("s2");
		assertThat(this.recorded.onlyRun("theirs").parentRunId()).isEqualTo(this.recorded.onlyRun("s2").runId());
	}

	@Test
	void nestedRunNeverHasAnotherUser() {
		this.body = () -> this.named.run("child", "bob");
		assertThatIllegalStateException()
			.isThrownBy(() -> WorkflowScope.ofUser("alice").call(() -> this.outer.run("s")))
			.withMessageContaining("named");
		assertThat(this.recorded.repository.find("child")).isEmpty();
		this.body = () -> this.named.run("child", "alice");
		WorkflowScope.ofUser("alice").run(() -> this.outer.run("s"));
		assertThat(this.recorded.onlyRun("child").userId()).isEqualTo("alice");
	}

	@Test
	void nestedRunGetsAnotherSessionWhereItsOwnIsAnothers() {
		WorkflowScope.session("s:inner").user("mallory").run(() -> this.inner.run("mine"));
		WorkflowScope.session("s:named").user("alice").run(() -> this.inner.run("of another workflow"));
		this.body = () -> {
			this.inner.run("x");
			return this.named.run(null, null);
		};
		String first = WorkflowScope.ofUser("alice").call(() -> this.outer.run("s"));
		assertThat(first).startsWith("s:named:").endsWith(" alice");
		assertThat(WorkflowScope.ofUser("alice").call(() -> this.outer.run("s"))).isEqualTo(first);
		assertThat(this.recorded.onlyRun("s:inner").userId()).isEqualTo("mallory");
		String session = first.substring(0, first.indexOf(' '));
		assertThat(this.recorded.runs(session)).hasSize(2)
			.allSatisfy((run) -> assertThat(run.userId()).isEqualTo("alice"));
		assertThat(this.recorded.runs("s")).hasSize(2)
			.allSatisfy((run) -> assertThat(run.status()).isEqualTo(RunStatus.COMPLETED));
	}

	@Test
	void nestedRunFindsASessionHoweverManyAreAnothers() {
		this.body = () -> this.named.run(null, null);
		String child = "s:named";
		for (int i = 0; i < 10; i++) {
			WorkflowScope.session(child).user("mallory").run(() -> this.named.run(null, null));
			String next = WorkflowScope.ofUser("alice").call(() -> this.outer.run("s"));
			assertThat(next).endsWith(" alice").isNotEqualTo(child + " alice");
			child = next.substring(0, next.indexOf(' '));
			this.recorded.repository.delete(child, SessionAccess.ofUser("alice"));
		}
	}

	@Test
	void sessionThatANestedRunNamesIsNotReplaced() {
		WorkflowScope.session("theirs").user("mallory").run(() -> this.named.run(null, null));
		this.body = () -> this.named.run("theirs", null);
		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> WorkflowScope.ofUser("alice").call(() -> this.outer.run("s")));
		this.body = () -> WorkflowScope.session("theirs").call(() -> this.named.run(null, null));
		assertThatExceptionOfType(SessionNotFoundException.class)
			.isThrownBy(() -> WorkflowScope.ofUser("alice").call(() -> this.outer.run("s2")));
	}

	@Test
	void derivedSessionIdThatWouldBeTooLongIsHashed() {
		String longest = "s".repeat(128);
		this.body = () -> this.inner.run("x");
		this.outer.run(longest);
		String child = this.recorded.events.get(1).header().sessionId();
		assertThat(child).hasSize(128).startsWith("sss");
		assertThat(this.recorded.onlyRun(child).parentRunId()).isEqualTo(this.recorded.onlyRun(longest).runId());
		assertThat(RunRequestResolver.childSession(longest, "inner")).isEqualTo(child);
		assertThat(RunRequestResolver.childSession(longest, "other")).isNotEqualTo(child);
		assertThat(RunRequestResolver.childSession("s".repeat(122), "inner")).hasSize(128).endsWith("s:inner");
	}

	@Test
	void failedNestedRunIsTheParentsToHandle() {
		this.body = () -> {
			try {
				return this.inner.run("fail");
			}
			catch (IllegalStateException ex) {
				return "handled " + ex.getMessage();
			}
		};
		assertThat(this.outer.run("s")).isEqualTo("handled asked to");
		assertThat(this.recorded.onlyRun("s:inner").failure().message()).isEqualTo("asked to");
		assertThat(this.recorded.onlyRun("s").failure()).isNull();
	}

	@Test
	void settingsMaySendAWorkflowToAStoreOfItsOwn() {
		MapWorkflowSessionRepository own = new MapWorkflowSessionRepository();
		Named apart = this.recorded.proxy(new Named(WorkflowSettings.builder().storage(own).build()));
		apart.run("s", null);
		assertThat(own.find("s")).isPresent();
		assertThat(this.recorded.repository.find("s")).isEmpty();
	}

	@Test
	void currentUserIsTheScopesThenTheRunsThenTheResolvers() {
		WorkflowSessions sessions = new DefaultWorkflowSessions(this.recorded.repository,
				new CurrentUser(List.of((workflow) -> "resolved")), this.recorded.clock);
		this.named.run("s", "alice");
		assertThat(sessions.find("s")).isEmpty();
		assertThat(WorkflowScope.ofUser("alice").call(() -> sessions.find("s"))).isPresent();
		this.body = () -> "" + sessions.find("s").isPresent();
		assertThat(WorkflowScope.ofUser("alice").call(() -> this.outer.run("o"))).isEqualTo("true");
		assertThat(this.outer.run("o2")).isEqualTo("false");
	}

	static class Named extends Workflow {

		Named() {
		}

		Named(WorkflowSettings settings) {
			super(settings);
		}

		String run(@SessionId String sessionId, @UserId String userId) {
			return sessionId() + " " + userId();
		}

	}

	static class Outer extends Workflow {

		private final Supplier<String> body;

		Outer(String id, Supplier<String> body) {
			super(WorkflowSettings.builder().workflowId(id).build());
			this.body = body;
		}

		String run(@SessionId String sessionId) {
			return this.body.get();
		}

		String id() {
			return runId();
		}

	}

	static class Inner extends Workflow {

		Inner(String id) {
			super(WorkflowSettings.builder().workflowId(id).build());
		}

		String run(String text) {
			if (text.equals("fail")) {
				throw new IllegalStateException("asked to");
			}
			sessionState().put("text", text);
			return runId();
		}

	}

}
