package buddy.engine;

import java.time.Duration;
import java.util.Collection;

/**
 * Executes queued runs on one of the nodes of an application. It keeps a ticket for each
 * of them; what a run is, and who may write it, is stored with the run.
 */
public interface RunEngine {

	/**
	 * Adds the ticket of a run that is queued in the current transaction. The run is
	 * executed after its commit.
	 * @param ticket the ticket
	 */
	void add(RunTicket ticket);

	/**
	 * Adds the tickets of runs that have none.
	 * @param tickets the tickets that the runs should have
	 * @return how many were missing
	 */
	int addMissing(Collection<RunTicket> tickets);

	/**
	 * Changes when a run is executed, in the current transaction.
	 * @param ticket the ticket, with the new delay
	 * @return whether it was changed
	 */
	Change delay(RunTicket ticket);

	/**
	 * Removes the ticket of a run, if there is one that nobody executes.
	 * @param workflowId the workflow of the run
	 * @param runId the run
	 */
	void remove(String workflowId, String runId);

	/**
	 * Sets when a schedule is looked at, in the current transaction. A schedule that is
	 * looked at already is left as it is.
	 * @param ticket the ticket, with the new delay
	 */
	void schedule(ScheduleTicket ticket);

	/**
	 * Removes the ticket of a schedule, if there is one and nobody looks at the schedule.
	 * @param workflowId the workflow of the schedule
	 * @param scheduleId the schedule
	 */
	void removeSchedule(String workflowId, String scheduleId);

	/**
	 * Adds the tickets of schedules that have none, and moves up those that are due later
	 * than their schedules.
	 * @param tickets the tickets that the schedules should have
	 * @return how many were missing or late
	 */
	int mendSchedules(Collection<ScheduleTicket> tickets);

	/**
	 * Begins to execute the runs of some workflows and to look at their schedules, unless
	 * that has begun. Nothing is started before.
	 * @param workflowIds the workflows that this node knows
	 * @param execution executes a run
	 * @param firing looks at a schedule, whose id takes the place of a run's
	 */
	void start(Collection<String> workflowIds, Execution execution, Execution firing);

	/**
	 * Returns whether this node executes queued runs.
	 * @return whether it was started, and not stopped since
	 */
	boolean isStarted();

	/**
	 * Lets this node look for runs at once, since a transaction that has added tickets is
	 * committed.
	 */
	void wake();

	/**
	 * Begins no further runs until it is resumed. Those that are executed go on.
	 */
	void pause();

	/**
	 * Begins runs again after a pause.
	 */
	void resume();

	/**
	 * Stops this node's work, once its runs have ended or were handed over.
	 */
	void stop();

	/**
	 * Executes a run.
	 */
	@FunctionalInterface
	interface Execution {

		/**
		 * Executes a run to its end, pause or hand-over, on the calling thread.
		 * @param workflowId the workflow of the run
		 * @param runId the run
		 * @return what becomes of its ticket
		 */
		Outcome execute(String workflowId, String runId);

	}

	/**
	 * Whether a ticket was changed.
	 */
	enum Change {

		/** It was changed. */
		DONE,

		/** A node executes its run at this moment. */
		IN_USE,

		/** There is no such ticket. */
		MISSING

	}

	/**
	 * What becomes of a ticket.
	 *
	 * @param again when the run is to be executed again; {@link Duration#ZERO} if never,
	 * and the ticket is removed
	 */
	record Outcome(Duration again) {

		/** The run is not to be executed again. */
		public static final Outcome DONE = new Outcome(Duration.ZERO);

		/**
		 * Returns the outcome of a run that could not be executed now.
		 * @param delay when to try again
		 * @return the outcome
		 */
		public static Outcome againAfter(Duration delay) {
			return new Outcome(delay);
		}

	}

}
