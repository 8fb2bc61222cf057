package buddy.workflow;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import buddy.json.UnstorableValueException;
import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.WorkflowRun;
import buddy.run.internal.CancellationSource;
import buddy.session.RunPage;
import buddy.session.SessionAccess;
import buddy.session.SessionState;
import buddy.storage.EndOutcome;
import buddy.storage.RunEnd;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Runs whose result is one value, now or later.
 */
class ValueRunTests {

	private final Recorded recorded = new Recorded();

	private final Free free = this.recorded.proxy(new Free());

	private final Later later = this.recorded.proxy(new Later());

	@Test
	void responseIsReturnedAsAStampedCopyWithTheSameContent() {
		List<Object> content = new ArrayList<>(List.of(1));
		RunResponse given = RunResponse.of(content);
		RunResponse returned = (RunResponse) this.free.run("s", () -> given);
		assertThat(returned.content()).isSameAs(content);
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(returned.runId()).isEqualTo(run.runId());
		assertThat(returned.sessionId()).isEqualTo("s");
		assertThat(returned.workflowId()).isEqualTo("free");
		assertThat(returned.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(returned.createdAt()).isEqualTo(this.recorded.clock.instant().truncatedTo(ChronoUnit.SECONDS));
		assertThat(given.runId()).isNull();
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowCompleted");
	}

	@Test
	void nothingIsContentToo() {
		Silent silent = this.recorded.proxy(new Silent());
		silent.run("s");
		assertThat(this.recorded.onlyRun("s").response().content()).isNull();
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void contentWithoutJsonIsOmittedAndTheCallerGetsIt() {
		Map<String, Object> circle = new HashMap<>();
		circle.put("self", circle);
		assertThat(this.free.run("s", () -> circle)).isSameAs(circle);
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(run.response().content()).isNull();
		assertThat(run.response().field("content_note")).asString().startsWith("omitted");
		Object lazy = new Object() {
			@SuppressWarnings("unused")
			public String getName() {
				throw new IllegalStateException("no session");
			}
		};
		assertThat(this.free.run("s2", () -> lazy)).isSameAs(lazy);
		assertThat(this.recorded.onlyRun("s2").response().field("content_note")).asString().startsWith("omitted");
	}

	@Test
	void contentThatNoDatabaseKeepsIsMended() {
		assertThat(this.free.run("s", () -> "a\u0000b")).isEqualTo("a\u0000b");
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.response().content()).isEqualTo("a\uFFFDb");
		assertThat(run.response().field("content_note")).asString().startsWith("changed");
	}

	@Test
	void whatCanBeReadOnceIsLeftToTheCaller() {
		Stream<?> stream = (Stream<?>) this.free.run("stream", () -> Stream.of(1, 2));
		assertThat(stream.map(String::valueOf)).containsExactly("1", "2");
		Iterator<?> items = (Iterator<?>) this.free.run("items", () -> List.of(1).iterator());
		assertThat(items.next()).isEqualTo(1);
		assertThat(this.recorded.onlyRun("items").response().field("content_note")).asString().startsWith("omitted");
		assertThat(this.recorded.onlyRun("items").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void stateEditedIntoSomethingUnstorableFailsTheRun() {
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> this.free.run("s", () -> {
			this.free.state().put("list", new ArrayList<>());
			((List<Object>) this.free.state().get("list", List.class)).add(new Thread());
			return "x";
		})).withMessageContaining("list");
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.status()).isEqualTo(RunStatus.ERROR);
		assertThat(run.failure().type()).isEqualTo(UnstorableValueException.class.getName());
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowError");
	}

	@Test
	void inputThatCannotBeStoredIsRefusedAndNothingIsWritten() {
		Taking taking = this.recorded.proxy(new Taking());
		assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> taking.run("s", "a\u0000"))
			.withMessageContaining("'value'")
			.withMessageContaining("taking");
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> taking.run("a/b", "x"));
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> taking.run("", "x"));
		assertThat(this.recorded.repository.find("s")).isEmpty();
		assertThat(this.recorded.events).isEmpty();
	}

	@Test
	void argumentThatIsNoDataIsLeftToTheBody() {
		Taking taking = this.recorded.proxy(new Taking());
		assertThat(taking.run("s", Stream.of(1, 2))).isEqualTo(2L);
		assertThat(this.recorded.onlyRun("s").input().get("value")).asString().startsWith("(not recorded: ");
	}

	@Test
	void contextIsThereInsideAndGoneAfterwards() {
		this.free.run("s", () -> {
			assertThat(RunContext.current().sessionId()).isEqualTo("s");
			assertThat(this.free.id()).isEqualTo(RunContext.current().runId());
			return null;
		});
		assertThat(RunContext.current()).isNull();
		assertThatThrownBy(() -> this.free.run("s", () -> {
			throw new IllegalStateException("boom");
		})).hasMessage("boom");
		assertThat(RunContext.current()).isNull();
		assertThatIllegalStateException().isThrownBy(this.free::id)
			.withMessageContaining("'free'")
			.withMessageContaining("Workflows.proxy(...)")
			.withMessageContaining("RunContext.wrap(executor)")
			.withMessageContaining("spring.task.execution.propagate-context=true");
		assertThatIllegalStateException().isThrownBy(() -> new Free().run("s", () -> new Free().id()));
	}

	@Test
	void wrappedExecutorCarriesTheRun() throws Exception {
		Executor executor = RunContext.wrap((task) -> new Thread(task).start());
		CompletableFuture<String> seen = new CompletableFuture<>();
		CompletableFuture<Throwable> bare = new CompletableFuture<>();
		this.free.run("s", () -> {
			executor.execute(() -> seen.complete(this.free.id()));
			new Thread(() -> {
				try {
					this.free.id();
				}
				catch (IllegalStateException ex) {
					bare.complete(ex);
				}
			}).start();
			return seen.join() + bare.join();
		});
		assertThat(seen.get()).isEqualTo(this.recorded.onlyRun("s").runId());
	}

	@Test
	void emittedEventsAreStampedForTheListeners() {
		this.free.run("s", () -> {
			this.free.tell(RunResponseEvent.custom("half", 50));
			return null;
		});
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "CustomEvent", "WorkflowCompleted");
		assertThat(this.recorded.events).extracting((event) -> event.header().runId())
			.containsOnly(this.recorded.onlyRun("s").runId());
		assertThat(this.recorded.events).extracting((event) -> event.header().sessionId()).containsOnly("s");
	}

	@Test
	void failingListenerEndsNothing() {
		Free told = Workflows.proxy(new Free(),
				WorkflowRunner.over(() -> this.recorded.repository).listeners(List.of((run, event) -> {
					throw new IllegalStateException("listener");
				}, (run, event) -> this.recorded.events.add(event))).build());
		assertThat(told.run("s", () -> "x")).isEqualTo("x");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowCompleted");
	}

	@Test
	void storeThatFailsAtTheEndReachesTheCaller() {
		Free broken = this.recorded.proxy(new Free(), failingEnd());
		assertThatExceptionOfType(RunNotRecordedException.class).isThrownBy(() -> broken.run("s", () -> "x"))
			.withMessageContaining("free")
			.withMessageContaining("'s'")
			.withMessageContaining("disk full")
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(ex.runId()))
			.withRootCauseInstanceOf(IllegalStateException.class);
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowError");
	}

	@Test
	void bodysOwnExceptionWinsOverTheStores() {
		Free broken = this.recorded.proxy(new Free(), failingEnd());
		IllegalArgumentException own = new IllegalArgumentException("own");
		assertThatThrownBy(() -> broken.run("s", () -> {
			throw own;
		})).isSameAs(own);
		assertThat(own.getSuppressed()).singleElement().isInstanceOf(RunNotRecordedException.class);
	}

	@Test
	void sessionDeletedDuringTheRunIsTold() {
		assertThatExceptionOfType(RunNotRecordedException.class).isThrownBy(() -> this.free.run("s", () -> {
			this.recorded.repository.delete("s", SessionAccess.ofUser(null));
			return "x";
		})).withMessageContaining("deleted");
		assertThat(this.recorded.repository.find("s")).isEmpty();
	}

	@Test
	void runThatStoresOnlyItsEndIsInvisibleBefore() {
		Free quiet = Workflows.proxy(new Free(),
				this.recorded.runner(this.recorded.repository).recordStart(false).build());
		quiet.run("s", () -> {
			assertThat(this.recorded.runs("s")).isEmpty();
			return "x";
		});
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("x");
		this.free.run("s2", () -> {
			assertThat(this.recorded.onlyRun("s2").status()).isEqualTo(RunStatus.RUNNING);
			return "x";
		});
	}

	@Test
	void cancelledRunIsRecordedAsOne() {
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> this.free.run("s", () -> {
			CancellationSource.of(RunContext.current().cancellation()).cancel("enough");
			assertThat(this.free.stopped()).isTrue();
			RunContext.current().cancellation().check(this.free.id());
			return "x";
		}));
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.recorded.onlyRun("s").failure().message()).isEqualTo("enough");
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowCancelled");
	}

	@Test
	void futureEndsTheRunWhenItIsComplete() {
		CompletableFuture<Object> source = new CompletableFuture<>();
		CompletableFuture<Object> answer = this.later.arun("s", () -> source).toCompletableFuture();
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.RUNNING);
		assertThat(RunContext.current()).isNull();
		source.complete("x");
		assertThat(answer).isCompletedWithValue("x");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("x");
	}

	@Test
	void futureOfAResponseGivesAStampedOne() {
		RunResponse answer = (RunResponse) this.later
			.arun("s", () -> CompletableFuture.completedFuture(RunResponse.of("x")))
			.toCompletableFuture()
			.join();
		assertThat(answer.runId()).isEqualTo(this.recorded.onlyRun("s").runId());
		assertThat(answer.status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void futureFailsWithTheRawException() {
		IllegalStateException boom = new IllegalStateException("boom");
		CompletableFuture<Object> derived = CompletableFuture.failedFuture(boom).thenApply((value) -> value);
		CompletableFuture<Object> answer = this.later.arun("s", () -> derived).toCompletableFuture();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(answer::get)
			.satisfies((ex) -> assertThat(ex.getCause()).isSameAs(boom));
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.recorded.onlyRun("s").failure().message()).isEqualTo("boom");
	}

	@Test
	void exceptionBeforeTheFutureIsThrownAndRecorded() {
		IllegalStateException boom = new IllegalStateException("boom");
		assertThatThrownBy(() -> this.later.arun("s", () -> {
			throw boom;
		})).isSameAs(boom);
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.later.arun("s2", () -> null)).isNull();
		assertThat(this.recorded.onlyRun("s2").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void cancelledFutureCancelsTheRun() {
		RunContext[] kept = new RunContext[1];
		CompletableFuture<Object> source = new CompletableFuture<>();
		CompletableFuture<Object> answer = this.later.arun("s", () -> {
			kept[0] = RunContext.current();
			return source;
		}).toCompletableFuture();
		assertThat(answer.cancel(true)).isTrue();
		assertThat(source).isCancelled();
		assertThat(kept[0].cancellation().cancelled()).isTrue();
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.CANCELLED);
		assertThatExceptionOfType(CancellationException.class).isThrownBy(answer::join);
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowCancelled");
	}

	@Test
	void futureTellsThatTheEndWasNotStored() {
		Later broken = this.recorded.proxy(new Later(), failingEnd());
		CompletableFuture<Object> answer = broken.arun("s", () -> CompletableFuture.completedFuture("x"))
			.toCompletableFuture();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(answer::join)
			.withCauseInstanceOf(RunNotRecordedException.class);
	}

	private WorkflowSessionRepository failingEnd() {
		return new DelegatingRepository(this.recorded.repository) {
			@Override
			public EndOutcome end(RunEnd end) {
				throw new IllegalStateException("disk full");
			}
		};
	}

	@Test
	void runsOfASessionAreListedOldestLast() {
		for (int i = 0; i < 3; i++) {
			int number = i;
			this.free.run("s", () -> number);
		}
		assertThat(this.recorded.repository.runs("s", RunPage.first(10)))
			.extracting((run) -> run.toWorkflowRun().response().content())
			.containsExactly(2, 1, 0);
	}

	static class Free extends Workflow {

		Object run(@SessionId String sessionId, Supplier<Object> body) {
			return body.get();
		}

		String id() {
			return runId();
		}

		SessionState state() {
			return sessionState();
		}

		boolean stopped() {
			return cancelled();
		}

		void tell(RunResponseEvent event) {
			emit(event);
		}

	}

	static class Silent extends Workflow {

		void run(@SessionId String sessionId) {
		}

	}

	static class Taking extends Workflow {

		Object run(@SessionId String sessionId, Object value) {
			return (value instanceof Stream<?> stream) ? stream.toList().stream().count() : value;
		}

	}

	static class Later extends Workflow {

		CompletionStage<Object> arun(@SessionId String sessionId, Supplier<CompletionStage<Object>> body) {
			return body.get();
		}

	}

}
