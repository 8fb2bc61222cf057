package benchmarks.nightly;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;

import benchmarks.database.BenchmarkDatabase;
import benchmarks.database.RunningDatabase;
import benchmarks.report.Machine;
import benchmarks.report.Nightly;
import benchmarks.report.Report;

/**
 * Opens many streamed runs at once, each pulled by a virtual thread of its own, holds
 * them open until all are, then drains them. Needs JDK 21 or later.
 */
public final class OpenRuns {

	private static final Logger logger = LoggerFactory.getLogger(OpenRuns.class);

	private static final int RUNS = 10_000;

	/** A carrier that is held for longer keeps other virtual threads from going on. */
	private static final Duration LONG_PIN = Duration.ofMillis(20);

	private final int runs;

	private final CountDownLatch opened;

	private final CountDownLatch goOn = new CountDownLatch(1);

	private final CountDownLatch ended;

	private final AtomicInteger completed = new AtomicInteger();

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	private OpenRuns(int runs) {
		this.runs = runs;
		this.opened = new CountDownLatch(runs);
		this.ended = new CountDownLatch(runs);
	}

	/**
	 * Opens the runs and writes what came of them.
	 * @param arguments the database, default is PostgreSQL
	 * @throws Exception if it cannot be done at all
	 */
	public static void main(String[] arguments) throws Exception {
		BenchmarkDatabase database = (arguments.length > 0) ? BenchmarkDatabase.valueOf(arguments[0])
				: BenchmarkDatabase.POSTGRESQL;
		Machine machine = Machine.here("full");
		Path file = Path.of("results", "open-runs.jsonl");
		try (RunningDatabase running = database.open();
				StreamingApplication application = StreamingApplication.start(running.dataSource())) {
			Nightly result = new OpenRuns(RUNS).measure(machine, running, application);
			Report.write(file, result);
			logger.info("{}: {}; kept in {}", result.allRecorded() ? "PASS" : "MISS", result,
					file.toAbsolutePath().normalize());
			if (!result.allRecorded()) {
				throw new IllegalStateException("Not all of the runs were open at once, completed and recorded");
			}
		}
	}

	private Nightly measure(Machine machine, RunningDatabase database, StreamingApplication application)
			throws InterruptedException {
		int threadsBefore = platformThreads();
		try (Recording recording = new Recording()) {
			recording.enable("jdk.VirtualThreadPinned").withThreshold(LONG_PIN);
			recording.start();
			return measure(machine, database, application,
					() -> new Threads(pinned(recording), threadsBefore, platformThreads()));
		}
	}

	private Nightly measure(Machine machine, RunningDatabase database, StreamingApplication application,
			Supplier<Threads> threadsAfter) throws InterruptedException {
		StreamingWorkflow workflow = application.workflow();
		Executor threads = new VirtualThreadTaskExecutor("run-");
		long begun = System.nanoTime();
		for (int i = 0; i < this.runs; i++) {
			String session = "open-" + i;
			threads.execute(() -> run(workflow, session));
		}
		this.opened.await();
		double toOpen = secondsSince(begun);
		long open = count(database, "RUNNING");
		long used = usedMegabytes();
		logger.info("{} runs are open after {} s, {} MB of heap in use", open, toOpen, used);
		long drained = System.nanoTime();
		this.goOn.countDown();
		this.ended.await();
		double toDrain = secondsSince(drained);
		Throwable first = this.failure.get();
		if (first != null) {
			logger.error("A run failed, the first of perhaps several", first);
		}
		Threads after = threadsAfter.get();
		return new Nightly(machine.after(Math.round(toOpen + toDrain), machine.databases()), database.description(),
				this.runs, (int) open, this.completed.get(), count(database, "COMPLETED"), used,
				Runtime.getRuntime().maxMemory() >> 20, after.pinned(), after.before(), after.after(), toOpen, toDrain);
	}

	private static int pinned(Recording recording) {
		recording.stop();
		try {
			Path file = Files.createTempFile("open-runs", ".jfr");
			recording.dump(file);
			List<RecordedEvent> pinned = RecordingFile.readAllEvents(file);
			pinned.forEach((event) -> logger.info("{}", event));
			Files.delete(file);
			return pinned.size();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int platformThreads() {
		return ManagementFactory.getThreadMXBean().getThreadCount();
	}

	private void run(StreamingWorkflow workflow, String session) {
		boolean open = false;
		try (Stream<String> stream = workflow.run(session)) {
			Iterator<String> items = stream.iterator();
			int count = items.hasNext() ? 1 : 0;
			items.next();
			open = true;
			this.opened.countDown();
			this.goOn.await();
			while (items.hasNext()) {
				items.next();
				count++;
			}
			if (count == StreamingWorkflow.ITEMS) {
				this.completed.incrementAndGet();
			}
		}
		catch (Exception ex) {
			this.failure.compareAndSet(null, ex);
			if (!open) {
				this.opened.countDown();
			}
		}
		finally {
			this.ended.countDown();
		}
	}

	private static long count(RunningDatabase database, String status) {
		Long count = new JdbcTemplate(database.dataSource())
			.queryForObject("select count(*) from buddy_workflow_run where status = ?", Long.class, status);
		return (count != null) ? count : 0;
	}

	private static long usedMegabytes() {
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
	}

	private static double secondsSince(long nanoTime) {
		return (System.nanoTime() - nanoTime) / 1e9;
	}

	/**
	 * What became of the threads.
	 *
	 * @param pinned how often a virtual thread has held its carrier for too long
	 * @param before the platform threads before
	 * @param after the platform threads after
	 */
	private record Threads(int pinned, int before, int after) {
	}

}
