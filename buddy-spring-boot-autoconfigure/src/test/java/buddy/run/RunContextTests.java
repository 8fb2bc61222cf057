package buddy.run;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import buddy.run.internal.CancellationSource;
import buddy.run.internal.RunIds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class RunContextTests {

	@Test
	void idsAreOrderedEvenWithinOneMillisecondAndWhenTheClockGoesBack() {
		Instant[] now = { Instant.parse("2026-01-01T00:00:00Z") };
		RunIds ids = new RunIds(new Clock() {
			@Override
			public java.time.ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(java.time.ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				return now[0];
			}
		});
		List<String> made = new ArrayList<>(IntStream.range(0, 1000).mapToObj((i) -> ids.next()).toList());
		now[0] = now[0].plusMillis(1);
		made.add(ids.next());
		assertThat(made).isSorted().doesNotHaveDuplicates().allSatisfy((id) -> {
			assertThat(UUID.fromString(id).version()).isEqualTo(7);
			assertThat(id).hasSize(36);
		});
	}

	@Test
	void cancellationKeepsItsFirstReasonAndRunsEachActionOnce() {
		CancellationSource cancellation = new CancellationSource();
		List<String> stopped = new ArrayList<>();
		cancellation.onCancel(() -> stopped.add("a"));
		cancellation.onCancel(() -> stopped.add("removed")).run();
		assertThatNoException().isThrownBy(() -> cancellation.check("r1"));
		assertThat(cancellation.cancelled()).isFalse();
		assertThat(cancellation.reason()).isNull();
		assertThat(cancellation.cancel("first")).isTrue();
		assertThat(cancellation.cancel("second")).isFalse();
		cancellation.onCancel(() -> stopped.add("late")).run();
		assertThat(stopped).containsExactly("a", "late");
		assertThat(cancellation.reason()).isEqualTo("first");
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> cancellation.check("r1"))
			.withMessageContaining("r1")
			.withMessageContaining("first")
			.satisfies((ex) -> assertThat(ex.runId()).isEqualTo("r1"));
	}

	@Test
	void failingActionKeepsNoOtherFromStopping() {
		CancellationSource cancellation = new CancellationSource();
		List<String> stopped = new ArrayList<>();
		cancellation.onCancel(() -> {
			throw new IllegalStateException("refuses");
		});
		cancellation.onCancel(() -> stopped.add("b"));
		assertThatNoException().isThrownBy(() -> cancellation.cancel("now"));
		assertThat(stopped).containsExactly("b");
	}

	@Test
	void wrappedExecutorCarriesTheContextAndPutsTheOldOneBack() {
		RunContext one = new StubContext("one");
		RunContext other = new StubContext("other");
		List<Runnable> tasks = new ArrayList<>();
		Executor executor = RunContext.wrap(tasks::add);
		List<RunContext> seen = new ArrayList<>();
		try (RunContextHolder.Binding binding = RunContextHolder.bind(one)) {
			executor.execute(() -> seen.add(RunContext.current()));
		}
		assertThat(RunContext.current()).isNull();
		executor.execute(() -> seen.add(RunContext.current()));
		try (RunContextHolder.Binding binding = RunContextHolder.bind(other)) {
			tasks.forEach(Runnable::run);
			assertThat(RunContext.current()).isSameAs(other);
		}
		assertThat(seen).containsExactly(one, null);
		assertThat(RunContext.current()).isNull();
	}

	@Test
	void failureTellsTypeMessageAndTrace() {
		RunFailure failure = RunFailure.of(new IllegalStateException("boom"));
		assertThat(failure.type()).isEqualTo("java.lang.IllegalStateException");
		assertThat(failure.message()).isEqualTo("boom");
		assertThat(failure.stackTrace()).contains("RunContextTests");
		StackOverflowError endless = new StackOverflowError();
		StackTraceElement[] trace = new StackTraceElement[2000];
		java.util.Arrays.fill(trace, new StackTraceElement("a.very.long.name.of.a.Type", "method", "Type.java", 1));
		endless.setStackTrace(trace);
		assertThat(RunFailure.of(endless).stackTrace()).hasSizeLessThan(16_100).contains("more)");
	}

	private record StubContext(String runId) implements RunContext {

		@Override
		public RunKey key() {
			return new RunKey(this.runId, "w", "s", null);
		}

		@Override
		public RunContext parent() {
			return null;
		}

		@Override
		public Map<String, Object> runInput() {
			return Map.of();
		}

		@Override
		public Cancellation cancellation() {
			return new CancellationSource();
		}

		@Override
		public void emit(RunResponseEvent event) {
		}

		@Override
		public void recordAgent(RunResponse response) {
		}

		@Override
		public List<Message> history(String agentId, int lastRuns) {
			return List.of();
		}

	}

}
