package buddy.workflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import buddy.run.RunCancelledException;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Branches of a run, side by side.
 */
@Timeout(60)
class ParallelTests {

	private final Recorded recorded = new Recorded();

	@Test
	void branchesGoOnAtTheSameTimeAndGiveTheirResultsInOrder() {
		CyclicBarrier all = new CyclicBarrier(8);
		FanOut workflow = fanOut((self, item) -> {
			all.await(30, TimeUnit.SECONDS);
			self.count();
			return item + "@" + self.id();
		});
		List<Object> results = workflow.run("s", items(8));
		String runId = this.recorded.onlyRun("s").runId();
		assertThat(results)
			.containsExactlyElementsOf(items(8).stream().map((item) -> (Object) (item + "@" + runId)).toList());
		assertThat(this.recorded.repository.find("s").orElseThrow().state()).isEqualTo("{\"count\":8}");
		assertThat(RunContextHolder.current()).isNull();
	}

	@Test
	void nullIsAnItemAndAResult() {
		FanOut workflow = fanOut((self, item) -> item);
		assertThat(workflow.run("s", Arrays.asList(1, null, 2))).containsExactly(1, null, 2);
		assertThat(workflow.run("s", List.of())).isEmpty();
	}

	@Test
	void eventsOfBranchesAreTheRuns() {
		FanOut workflow = fanOut((self, item) -> {
			self.tell(item);
			return item;
		});
		workflow.run("s", items(20));
		String runId = this.recorded.onlyRun("s").runId();
		assertThat(this.recorded.events).hasSize(22)
			.allSatisfy((event) -> assertThat(event.header().runId()).isEqualTo(runId));
	}

	@Test
	void firstFailureStopsTheOthersAndIsThrownWhenTheyAreOver() {
		IllegalArgumentException failure = new IllegalArgumentException("item 3");
		CyclicBarrier all = new CyclicBarrier(4);
		AtomicInteger over = new AtomicInteger();
		FanOut workflow = fanOut((self, item) -> {
			all.await(30, TimeUnit.SECONDS);
			if (item.equals(3)) {
				throw failure;
			}
			try {
				CountDownLatch stopped = new CountDownLatch(1);
				RunContext.current().cancellation().onCancel(stopped::countDown);
				stopped.await();
				assertThat(self.stopped()).isTrue();
				self.count();
				return "never";
			}
			finally {
				over.incrementAndGet();
			}
		});
		assertThatIllegalArgumentException().isThrownBy(() -> workflow.run("s", items(4)))
			.satisfies((ex) -> assertThat(ex).isSameAs(failure));
		assertThat(over).hasValue(3);
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.ERROR);
	}

	@Test
	void failureThatTheBodyHandlesDoesNotCancelTheRun() {
		FanOut target = new FanOut((self, item) -> {
			throw new IllegalArgumentException("as asked");
		});
		target.tolerant = true;
		FanOut workflow = this.recorded.proxy(target);
		assertThat(workflow.run("s", items(3))).containsExactly("as asked", false);
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.COMPLETED);
	}

	@Test
	void cancelledRunStopsItsBranches() {
		CyclicBarrier all = new CyclicBarrier(3);
		FanOut workflow = fanOut((self, item) -> {
			all.await(30, TimeUnit.SECONDS);
			CancellationSource.of(self.whole.cancellation()).cancel("the user left");
			self.count();
			return "never";
		});
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> workflow.run("s", items(3)))
			.withMessageContaining("the user left");
		assertThat(this.recorded.onlyRun("s").status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void branchesOfBranchesCallWorkflowsOfTheirOwn() {
		FanOut inner = fanOut((self, item) -> item + "!");
		FanOut outer = fanOut(
				(self, item) -> self.side(items(2), (part) -> WorkflowScope.session("inner-" + item + "-" + part)
					.call(() -> inner.run(null, List.of(part)))));
		assertThat(outer.run("s", items(2))).hasSize(2);
		String runId = this.recorded.onlyRun("s").runId();
		for (String session : List.of("inner-0-0", "inner-0-1", "inner-1-0", "inner-1-1")) {
			assertThat(this.recorded.onlyRun(session).parentRunId()).isEqualTo(runId);
		}
	}

	@Test
	void moreItemsThanThreadsAreAllDone() {
		Set<Object> done = ConcurrentHashMap.newKeySet();
		FanOut workflow = fanOut((self, item) -> done.add(item));
		workflow.run("s", items(1000));
		assertThat(done).hasSize(1000);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "virtual threads need JDK 21")
	void branchesAreOnVirtualThreads() {
		CyclicBarrier all = new CyclicBarrier(100);
		FanOut workflow = fanOut((self, item) -> {
			all.await(30, TimeUnit.SECONDS);
			return Thread.currentThread().getClass().getSimpleName();
		});
		assertThat(workflow.run("s", items(100)).stream().filter("VirtualThread"::equals))
			.hasSizeGreaterThanOrEqualTo(99);
	}

	@Test
	void branchesStayOnTheThreadOfACallersTransaction() {
		FanOut workflow = this.recorded.proxy(new FanOut((self, item) -> Thread.currentThread()),
				new DelegatingRepository(new MapWorkflowSessionRepository()) {
					@Override
					public OpenedSession begin(NewRun run) {
						OpenedSession opened = super.begin(run);
						return new OpenedSession(opened.session(), opened.recorded(), true, null);
					}
				});
		assertThat(workflow.run("s", items(5))).containsOnly(Thread.currentThread());
	}

	@Test
	void outsideOfARunThereAreNoBranches() {
		assertThatIllegalStateException()
			.isThrownBy(() -> new FanOut((self, item) -> item).side(items(1), (item) -> item));
		FanOut nameless = new FanOut((self, item) -> item);
		nameless.name = " ";
		FanOut workflow = this.recorded.proxy(nameless);
		assertThatIllegalArgumentException().isThrownBy(() -> workflow.run("s", items(1)))
			.withMessageContaining("name");
	}

	private static List<Object> items(int count) {
		return new ArrayList<>(IntStream.range(0, count).boxed().toList());
	}

	private FanOut fanOut(Branch branch) {
		return this.recorded.proxy(new FanOut(branch));
	}

	interface Branch {

		Object run(FanOut workflow, Object item) throws Exception;

	}

	static class FanOut extends Workflow {

		private final Branch branch;

		boolean tolerant;

		volatile RunContext whole;

		String name = "side";

		FanOut(Branch branch) {
			this.branch = branch;
		}

		List<Object> run(@SessionId String session, List<Object> items) {
			this.whole = RunContext.current();
			if (!this.tolerant) {
				return side(items, this::branch);
			}
			try {
				return side(items, this::branch);
			}
			catch (IllegalArgumentException ex) {
				return List.of(ex.getMessage(), cancelled());
			}
		}

		private Object branch(Object item) {
			try {
				return this.branch.run(this, item);
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		List<Object> side(List<Object> items, Function<Object, Object> body) {
			return parallel(this.name, items, body);
		}

		void count() {
			sessionState().increment("count", 1);
		}

		void tell(Object item) {
			emit(RunResponseEvent.custom("progress", item));
		}

		boolean stopped() {
			return cancelled();
		}

		String id() {
			return runId();
		}

	}

}
