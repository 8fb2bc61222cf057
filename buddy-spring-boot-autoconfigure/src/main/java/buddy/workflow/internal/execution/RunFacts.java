package buddy.workflow.internal.execution;

import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunJournal;
import buddy.durable.StepState;
import buddy.durable.internal.ReplayedSteps;
import buddy.durable.internal.RunSteps;
import buddy.durable.internal.StepFailures;
import buddy.durable.internal.StepRecorder;
import buddy.session.SessionState;
import buddy.session.StateLog;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.workflow.DurableOptions;
import buddy.workflow.internal.live.Continuation;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.ForkRecipe;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.RunRequest;
import buddy.workflow.internal.record.AgentRecord;
import buddy.workflow.internal.record.StreamContent;

/**
 * The data of one run and its results so far, shared by all parts of the run.
 */
final class RunFacts {

	private final LiveRun live;

	private volatile OpenedSession opened;

	private final RunEnvironment environment;

	private final AgentRecord agents = new AgentRecord();

	private final StepFailures failures = new StepFailures();

	private final StreamContent stream;

	private Set<String> pausedNested = Set.of();

	private @Nullable SessionState state;

	private @Nullable StateBase base;

	private boolean baseRecorded;

	private Supplier<@Nullable StateLog> logs = () -> null;

	private @Nullable RunSteps steps;

	private volatile boolean gotFurther;

	RunFacts(LiveRun live, OpenedSession opened, RunEnvironment environment) {
		this.live = live;
		this.opened = opened;
		this.environment = environment;
		this.stream = new StreamContent(live.request().limits().content());
	}

	LiveRun live() {
		return this.live;
	}

	RunRequest request() {
		return this.live.request();
	}

	NewRun run() {
		return this.live.run();
	}

	/** Returns the session as the run found it. */
	OpenedSession opened() {
		return this.opened;
	}

	RunEnvironment environment() {
		return this.environment;
	}

	Clock clock() {
		return this.environment.clock();
	}

	/** Returns what the failures come from that the run's code gets. */
	StepFailures failures() {
		return this.failures;
	}

	/** Returns the record of what the agents exchanged with their models. */
	AgentRecord agents() {
		return this.agents;
	}

	/** Returns the content of the stream, if the run is streamed. */
	StreamContent stream() {
		return this.stream;
	}

	/**
	 * Returns the run's copy of the session's state, which is opened at the first call.
	 */
	synchronized SessionState state() {
		if (this.state == null) {
			StateBase from = base();
			this.base = from;
			this.state = from.open(request().limits().state()).logTo(this.logs);
		}
		return this.state;
	}

	/** A run that is continued begins with the same state again. */
	private StateBase base() {
		Continuation earlier = this.live.continuation();
		String recorded = (earlier != null) ? earlier.state().base() : null;
		if (recorded != null) {
			this.baseRecorded = true;
			return StateBase.read(recorded);
		}
		return new StateBase(this.opened.session().state(), request().settings().sessionState(),
				request().session().state());
	}

	/** Sets what supplies the log of the step whose body is executed on a thread. */
	void logsOf(Supplier<@Nullable StateLog> steps) {
		this.logs = steps;
	}

	/**
	 * Returns what a step records of the state: the operations of its body, and what the
	 * state was opened from if that is not recorded yet.
	 */
	synchronized StepState stepState(@Nullable String operations) {
		StateBase from = this.baseRecorded ? null : this.base;
		if (from == null) {
			return (operations != null) ? new StepState(operations, null, null) : StepState.NONE;
		}
		return new StepState(operations, from.json(), this.opened.session().version());
	}

	/** Called once a step is recorded, and with it what the state was opened from. */
	synchronized void baseRecorded() {
		this.baseRecorded = this.base != null;
	}

	/**
	 * The changes of a run that has completed are stored: a fork of it adds only those
	 * that it makes itself.
	 */
	void reaches(String key) {
		Continuation earlier = this.live.continuation();
		ForkRecipe fork = (earlier != null) ? earlier.fork() : null;
		if (fork != null && fork.rebase() && fork.before().equals(key)) {
			state().rebase();
		}
	}

	/**
	 * Returns when the run began, for the runs that it finds in its session: in each
	 * execution the same. A run that had its session for itself found those that had
	 * ended before its turn came, which is not stored; none ended until its first step.
	 * @return the time in milliseconds, or {@code null} for no limit
	 */
	@Nullable Long begin() {
		if (!run().concurrency().isExclusive()) {
			return run().createdAt();
		}
		Continuation earlier = this.live.continuation();
		return (earlier != null) ? earlier.steps().begin() : null;
	}

	/** Keeps which runs that this one has called have paused. */
	synchronized void pausedNested(Collection<String> runIds) {
		if (!runIds.isEmpty()) {
			Set<String> all = new HashSet<>(this.pausedNested);
			all.addAll(runIds);
			this.pausedNested = Set.copyOf(all);
		}
	}

	/**
	 * Returns the runs that this one has called and that have paused in this execution.
	 */
	synchronized Set<String> pausedNested() {
		return this.pausedNested;
	}

	/** Returns whether an earlier execution of the run has been interrupted. */
	boolean isContinued() {
		return this.live.continuation() != null;
	}

	/**
	 * Returns the steps of the run, or throws an exception if they cannot be recorded.
	 */
	RunSteps requireSteps() {
		RunSteps known = steps();
		if (known == null) {
			throw new IllegalStateException("Workflow '" + run().workflowId() + "' cannot record steps: "
					+ (this.live.inMainStore()
							? "there is no RunJournal bean beside the store of sessions and runs; declare one"
							: "it has a store of its own, which has no RunJournal; take the storage out of its"
									+ " WorkflowSettings"));
		}
		return known;
	}

	/** Returns the steps of the run, or null if they cannot be recorded. */
	synchronized @Nullable RunSteps steps() {
		RunJournal journal = this.environment.journal();
		if (this.steps == null && journal != null && this.live.inMainStore()) {
			Continuation earlier = this.live.continuation();
			requireRecorded();
			this.steps = new RunSteps(run().key(), run().epoch(),
					new StepRecorder(run().key(), journal, this.live.cancellation(),
							this.environment.durable().patience(), this.environment.durable().maxResultSize(),
							this.environment.durable().inTransaction() == DurableOptions.InTransaction.WARN,
							this.opened.joined()),
					(earlier != null) ? earlier.steps() : ReplayedSteps.NONE, this.live.cancellation(), clock(),
					this.live.isVerifying());
			ContinuedRun continued = request().continued();
			ContinuedRun.Probe probe = (continued != null) ? continued.probe() : null;
			if (probe != null) {
				this.steps.probe(probe.key(), probe.look());
			}
		}
		return this.steps;
	}

	/**
	 * Called when something new is recorded.
	 * @return whether it is the first time in this execution
	 */
	boolean getsFurther() {
		boolean first = !this.gotFurther;
		this.gotFurther = true;
		return first;
	}

	/** Returns whether the run has called steps. */
	synchronized boolean hasSteps() {
		return this.steps != null;
	}

	/** Checks at the end of the run that no recorded step was left out. */
	void requireAllStepsReached() {
		if (isContinued()) {
			RunSteps known = steps();
			if (known != null) {
				known.requireAllReached();
			}
		}
	}

	/** The first step of a run that is not stored yet stores its beginning. */
	private void requireRecorded() {
		OpenedSession found = this.opened;
		if (!found.recorded() && !found.joined() && !this.live.isVerifying()) {
			OpenedSession begun = this.live.repository().begin(run().toBuilder().recordStart(true).build());
			this.opened = new OpenedSession(found.session(), begun.recorded(), begun.joined(), null);
			this.live.opened(this.opened);
		}
	}

	/** Returns the run's copy of the state, or null if it has not been opened. */
	synchronized @Nullable SessionState stateIfOpened() {
		return this.state;
	}

}
