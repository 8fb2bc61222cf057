package buddy.workflow.runner;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import buddy.run.Cancellation;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;

/**
 * Lets the runs of this process end before the application stops. It waits for them for a
 * grace period. Those that have not ended then are handed over, if others continue them
 * by themselves, or else cancelled and recorded.
 *
 * <p>
 * An application has two instances. {@link #first} begins to wait as soon as the
 * application stops, together with its task executors and before its web server, which
 * continues to serve the clients of these runs. {@link #last} runs after the web server
 * has stopped: it stops the runs that began later, and refuses new ones.
 */
public final class RunDrain implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(RunDrain.class);

	/**
	 * How long code that was asked to stop may take until its run is ended without it.
	 */
	private static final Duration TIME_TO_STOP = Duration.ofSeconds(3);

	/** The maximum number of runs named in the log. */
	private static final int MOST_NAMED = 20;

	private static final int FIRST_PHASE = SmartLifecycle.DEFAULT_PHASE;

	/** Spring Boot stops its web server in the phases 1024 and 2048 below the default. */
	private static final int LAST_PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private final LiveRuns liveRuns;

	private final Duration grace;

	private final int phase;

	private volatile boolean running;

	private RunDrain(WorkflowRunner runner, Duration grace, int phase) {
		this.liveRuns = runner.liveRuns();
		this.grace = grace;
		this.phase = phase;
	}

	/**
	 * Creates the instance that waits for the runs when the application begins to stop.
	 * @param runner the runner of the runs
	 * @param grace the time to wait until the runs in progress are cancelled
	 * @return the lifecycle bean
	 */
	public static RunDrain first(WorkflowRunner runner, Duration grace) {
		return new RunDrain(runner, grace, FIRST_PHASE);
	}

	/**
	 * Creates the instance that stops the runs that began later, before the database is
	 * closed.
	 * @param runner the runner of the runs
	 * @return the lifecycle bean
	 */
	public static RunDrain last(WorkflowRunner runner) {
		return new RunDrain(runner, Duration.ZERO, LAST_PHASE);
	}

	@Override
	public void start() {
		// an application may be stopped and started again
		this.liveRuns.closedToNewRuns(false);
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		if (this.phase == LAST_PHASE) {
			this.liveRuns.closedToNewRuns(true);
		}
		try {
			drain();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void stop(Runnable callback) {
		Thread thread = new Thread(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		}, "buddy-drain");
		thread.start();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

	private void drain() throws InterruptedException {
		int inProgress = this.liveRuns.all().size();
		if (inProgress == 0) {
			return;
		}
		if (!this.grace.isZero()) {
			logger.info("Waiting up to {} s for {} workflow run(s) to end, since the application stops",
					this.grace.toSeconds(), inProgress);
			if (this.liveRuns.awaitNone(this.grace) == 0) {
				logger.info("All workflow runs have ended");
				return;
			}
		}
		List<LiveRun> handedOver = this.liveRuns.stopThoseToHandOver();
		List<LiveRun> late = this.liveRuns.shutDown("the application stopped before the run had ended");
		if (!late.isEmpty()) {
			logger.warn("Cancelled {} workflow run(s) that had not ended when the application stopped: {}", late.size(),
					named(late));
		}
		this.liveRuns.awaitNone(TIME_TO_STOP);
		handedOver.forEach(this.liveRuns::handOver);
		if (!handedOver.isEmpty()) {
			logger.info("Handed over {} workflow run(s) that had not ended when the application stopped: {}",
					handedOver.size(), named(handedOver));
		}
		this.liveRuns.all()
			.stream()
			.filter((run) -> run.cancellation().cause().equals(Cancellation.SHUTDOWN))
			.forEach(LiveRun::endWithoutBody);
	}

	private static String named(List<LiveRun> runs) {
		return runs.stream()
			.limit(MOST_NAMED)
			.map((run) -> run.run().workflowId() + " " + run.run().runId())
			.collect(Collectors.joining(", ", "", (runs.size() > MOST_NAMED) ? ", …" : ""));
	}

}
