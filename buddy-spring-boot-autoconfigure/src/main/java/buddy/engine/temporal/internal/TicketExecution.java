package buddy.engine.temporal.internal;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.engine.RunEngine.Execution;

/**
 * The code of {@link TicketActivity}. It tells Temporal that it lives for as long as it
 * does, so that a ticket of a node that has died is given to another.
 */
final class TicketExecution implements TicketActivity {

	private static final Logger logger = LoggerFactory.getLogger(TicketExecution.class);

	/** When a ticket is given out again that came while the node was told to stop. */
	private static final Duration FOR_OTHERS = Duration.ofMillis(200);

	private final Execution runs;

	private final Execution schedules;

	private final ScheduledExecutorService heartbeats;

	private final Duration interval;

	private final BooleanSupplier paused;

	TicketExecution(Execution runs, Execution schedules, ScheduledExecutorService heartbeats, Duration interval,
			BooleanSupplier paused) {
		this.runs = runs;
		this.schedules = schedules;
		this.heartbeats = heartbeats;
		this.interval = interval;
		this.paused = paused;
	}

	@Override
	public long execute(String kind, String workflowId, String id) {
		if (this.paused.getAsBoolean()) {
			return FOR_OTHERS.toMillis();
		}
		Execution execution = (TicketKind.valueOf(kind) == TicketKind.RUN) ? this.runs : this.schedules;
		ActivityExecutionContext context = Activity.getExecutionContext();
		ScheduledFuture<?> heartbeat = this.heartbeats.scheduleAtFixedRate(() -> beat(context),
				this.interval.toMillis(), this.interval.toMillis(), TimeUnit.MILLISECONDS);
		try {
			return execution.execute(workflowId, id).again().toMillis();
		}
		finally {
			heartbeat.cancel(false);
		}
	}

	/** A run whose ticket is lost goes on: its row says whose it is. */
	private static void beat(ActivityExecutionContext context) {
		try {
			context.heartbeat(null);
		}
		catch (RuntimeException ex) {
			// a heartbeat that fails must not be the last
			logger.debug("The heartbeat of a ticket failed, or Temporal has given it to another node", ex);
		}
	}

}
