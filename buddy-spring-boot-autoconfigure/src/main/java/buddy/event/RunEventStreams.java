package buddy.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.WorkflowStarted;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * Opens streams of the events of runs, of this process and of others.
 *
 * <p>
 * All streams share one query of the store at an interval, which is made only while one
 * of them waits for an event.
 */
public final class RunEventStreams implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RunEventStreams.class);

	/** The maximum number of runs per query. */
	private static final int CHUNK = 500;

	private static final int THREADS = 4;

	/** Nothing has to be sent to a thread that waits. */
	private static final Duration NEVER_IDLE = Duration.ofDays(365);

	private static final int THREAD_IDLE_SECONDS = 5;

	private final RunEventStore store;

	private final Supplier<WorkflowSessionRepository> runs;

	private final Duration pollInterval;

	private final Map<String, Set<RunEventStream>> open = new ConcurrentHashMap<>();

	private final Map<String, LiveEvents> live = new ConcurrentHashMap<>();

	private final AtomicBoolean polling = new AtomicBoolean();

	private final ScheduledThreadPoolExecutor poller;

	private final ThreadPoolExecutor wakers;

	private volatile boolean closed;

	private boolean failed;

	/**
	 * Creates an instance.
	 * @param store the store of events
	 * @param runs supplies the repository of runs
	 * @param pollInterval how often to poll for events that other processes have stored
	 */
	public RunEventStreams(RunEventStore store, Supplier<WorkflowSessionRepository> runs, Duration pollInterval) {
		this.store = store;
		this.runs = runs;
		this.pollInterval = pollInterval;
		this.poller = new ScheduledThreadPoolExecutor(1, threads("buddy-event-poll-"));
		this.poller.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
		this.poller.allowCoreThreadTimeOut(true);
		this.wakers = new ThreadPoolExecutor(THREADS, THREADS, THREAD_IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), threads("buddy-event-stream-"));
		this.wakers.allowCoreThreadTimeOut(true);
	}

	private static CustomizableThreadFactory threads(String prefix) {
		CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
		threads.setDaemon(true);
		return threads;
	}

	/**
	 * Opens the stream of a run. The caller must have checked that the reader may see the
	 * run. If the run was deleted, or the reader already has its last event, the stream
	 * has ended.
	 * @param runId the run
	 * @param after the position of the last event that the reader has, or {@code null}
	 * for all events
	 * @return the stream; it must be closed
	 */
	public RunEventStream open(String runId, @Nullable EventPosition after) {
		RunEventStream stream = new RunEventStream(this, runId);
		this.open.compute(runId, (id, streams) -> {
			Set<RunEventStream> all = (streams != null) ? streams : ConcurrentHashMap.newKeySet();
			all.add(stream);
			return all;
		});
		try {
			stream.begin(after);
		}
		catch (RuntimeException ex) {
			stream.close();
			throw ex;
		}
		if (this.closed) {
			stream.cut();
		}
		return stream;
	}

	/**
	 * Returns the events of a run from its first, and waits for those to come. The caller
	 * must have checked that the reader may see the run. The stream ends with the last
	 * event of the run, or when the run is deleted or the application stops.
	 * @param runId the run
	 * @return the events; the stream must be closed
	 */
	public Stream<RunResponseEvent> follow(String runId) {
		RunEventStream stream = open(runId, null);
		FollowedEvents events = new FollowedEvents(runId, stream::next, stream::ended);
		stream.follow(NEVER_IDLE, events::wake);
		return StreamSupport.stream(events, false).onClose(stream::close);
	}

	/**
	 * Returns the number of open streams.
	 * @return the number
	 */
	public int openStreams() {
		return this.open.values().stream().mapToInt(Set::size).sum();
	}

	/** Called when this process has stored events of a run. */
	void stored(String runId) {
		LiveEvents events = this.live.get(runId);
		if (events != null) {
			events.stored();
		}
		this.open.getOrDefault(runId, Set.of()).forEach(RunEventStream::signal);
	}

	/** Called when a run of this process has begun and is stored. */
	void begun(String runId, WorkflowStarted event) {
		this.live.put(runId, new LiveEvents(event));
	}

	/** Called when a run of this process goes on elsewhere: the store tells the rest. */
	void left(String runId) {
		this.live.remove(runId);
		this.open.getOrDefault(runId, Set.of()).forEach(RunEventStream::runLeft);
	}

	/** Called when a run of this process has ended. */
	void ended(String runId) {
		this.live.remove(runId);
		this.open.getOrDefault(runId, Set.of()).forEach(RunEventStream::runOver);
	}

	/**
	 * Returns the live events of a run in progress in this process, which notify open
	 * streams. There are none for a moment after a run has begun.
	 */
	@Nullable LiveEvents findLive(String runId) {
		return this.live.get(runId);
	}

	@Nullable StoredRun findRun(String runId) {
		return this.runs.get().findRun(runId).orElse(null);
	}

	/** A run that waits to be continued has begun long ago. */
	boolean hasBegun(StoredRun run) {
		return run.epoch() > 0 || hasBegun(run.status());
	}

	boolean hasBegun(RunStatus status) {
		return status != RunStatus.PENDING;
	}

	List<StoredEvent> read(String runId, EventPosition after, int limit) {
		return this.store.read(runId, after, limit);
	}

	/** Returns the position of the last stored event of a run that has ended. */
	EventPosition last(StoredRun run) {
		Long last = run.lastEvent();
		if (last != null) {
			return new EventPosition(run.epoch(), last);
		}
		EventPosition none = new EventPosition(run.epoch(), 0);
		return this.store.heads(List.of(run.runId()))
			.stream()
			.map(RunHead::last)
			.filter((position) -> position != null && position.epoch() == run.epoch())
			.findFirst()
			.orElse(none);
	}

	void waits(RunEventStream stream) {
		if (this.closed) {
			stream.cut();
		}
		pollOn();
	}

	void wakes(RunEventStream stream, Runnable wake) {
		try {
			this.wakers.execute(wake);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The stream of run '{}' ends with the application", stream.runId());
		}
	}

	void closed(RunEventStream stream) {
		this.open.computeIfPresent(stream.runId(), (id, streams) -> {
			streams.remove(stream);
			return streams.isEmpty() ? null : streams;
		});
	}

	private void pollOn() {
		if (!this.polling.get() && this.polling.compareAndSet(false, true)) {
			schedulePoll();
		}
	}

	private void schedulePoll() {
		try {
			this.poller.schedule(this::pollAndGoOn, this.pollInterval.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			this.polling.set(false); // closed
		}
	}

	private void pollAndGoOn() {
		try {
			poll();
			this.failed = false;
		}
		catch (RuntimeException ex) {
			if (!this.failed) {
				logger.warn("The poll for events of runs failed; it is retried", ex);
			}
			this.failed = true;
		}
		finally {
			long now = System.nanoTime();
			waiting().forEach((stream) -> stream.wakeWhenIdle(now));
			if (isAnyWaiting()) {
				schedulePoll();
			}
			else {
				this.polling.set(false);
				if (isAnyWaiting()) { // a stream began to wait meanwhile
					pollOn();
				}
			}
		}
	}

	private Stream<RunEventStream> waiting() {
		return this.open.values().stream().flatMap(Set::stream).filter(RunEventStream::isWaiting);
	}

	private boolean isAnyWaiting() {
		return waiting().findAny().isPresent();
	}

	private void poll() {
		Map<String, List<RunEventStream>> byRun = waiting().collect(Collectors.groupingBy(RunEventStream::runId));
		List<String> runIds = new ArrayList<>(byRun.keySet());
		for (int from = 0; from < runIds.size(); from += CHUNK) {
			Collection<String> chunk = runIds.subList(from, Math.min(from + CHUNK, runIds.size()));
			Map<String, RunHead> heads = this.store.heads(chunk)
				.stream()
				.collect(Collectors.toMap(RunHead::runId, Function.identity()));
			chunk.forEach(
					(runId) -> byRun.getOrDefault(runId, List.of()).forEach((stream) -> stream.seen(heads.get(runId))));
		}
	}

	/**
	 * Ends all open streams, so that their readers reconnect to another process or later.
	 */
	public void endAll() {
		this.open.values().forEach((streams) -> streams.forEach(RunEventStream::cut));
	}

	/**
	 * Ends all streams and stops polling.
	 */
	@Override
	public void close() {
		this.closed = true;
		endAll();
		this.poller.shutdownNow();
		this.wakers.shutdown();
	}

}
