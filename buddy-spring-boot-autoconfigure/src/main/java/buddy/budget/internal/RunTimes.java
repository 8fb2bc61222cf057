package buddy.budget.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import buddy.run.RunEnding;
import buddy.run.RunInterception;
import buddy.run.RunInterceptor;
import buddy.run.RunKey;
import buddy.run.RunStart;

/**
 * How long the runs of this process have been executed since that was counted. What is
 * left is counted when an execution ends.
 */
public final class RunTimes implements RunInterceptor {

	private final Map<String, Execution> executions = new ConcurrentHashMap<>();

	private volatile BiConsumer<List<RunKey>, Long> atEnd = (callers, millis) -> {
	};

	/** Sets what counts the rest. */
	void atEnd(BiConsumer<List<RunKey>, Long> count) {
		this.atEnd = count;
	}

	@Override
	public RunInterception starting(RunStart run) {
		String parent = run.parentRunId();
		Execution execution = new Execution(run.key(), (parent != null) ? this.executions.get(parent) : null,
				new AtomicLong(System.nanoTime()));
		this.executions.put(run.runId(), execution);
		return new Counted(execution);
	}

	/** Takes the time in milliseconds that was not counted yet. */
	long take(RunKey run) {
		Execution execution = this.executions.get(run.runId());
		return (execution != null) ? execution.take() : 0;
	}

	/** An execution of a run. */
	private record Execution(RunKey run, @Nullable Execution caller, AtomicLong counted) {

		long take() {
			long now = System.nanoTime();
			long[] millis = { 0 };
			this.counted.updateAndGet((before) -> {
				millis[0] = Math.max(0, (now - before) / 1_000_000);
				return before + millis[0] * 1_000_000;
			});
			return millis[0];
		}

		List<RunKey> callers() {
			List<RunKey> all = new ArrayList<>();
			for (Execution one = this; one != null; one = one.caller) {
				all.add(one.run);
			}
			return all;
		}

	}

	private final class Counted implements RunInterception {

		private final Execution execution;

		Counted(Execution execution) {
			this.execution = execution;
		}

		@Override
		public Entry enter() {
			return Entry.NONE;
		}

		@Override
		public void ended(RunEnding ending) {
			RunTimes.this.executions.remove(this.execution.run().runId(), this.execution);
			if (ending.status() != null) {
				RunTimes.this.atEnd.accept(this.execution.callers(), this.execution.take());
			}
		}

	}

}
