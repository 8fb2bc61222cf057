package buddy.workflow.internal.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import buddy.durable.internal.RunSignal;
import buddy.run.Interception;
import buddy.run.RunEnding;
import buddy.run.RunInterception;
import buddy.run.StepInterception;
import buddy.run.internal.CancellationSource;
import buddy.run.internal.Interceptions;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.internal.definition.ReactiveTypes;
import buddy.workflow.internal.definition.WorkflowMethods;

/**
 * A run of this process, from before its beginning until after its end.
 */
public final class LiveRun {

	/** A hundred years, which nanoseconds can count. */
	private static final long MOST_MILLIS = Duration.ofDays(36_500).toMillis();

	private final RunRequest request;

	private final NewRun run;

	private final WorkflowSessionRepository repository;

	private final CancellationSource cancellation = new CancellationSource();

	private final @Nullable Interceptions<RunInterception> interception;

	private final EndGate gate = new EndGate();

	private final List<Runnable> whenOver = new ArrayList<>();

	private volatile @Nullable Runnable endWithoutBody;

	private volatile boolean waiting;

	private volatile boolean stored;

	private volatile boolean takenFromTheDead;

	private volatile @Nullable PulledStream pulled;

	private boolean over;

	private final boolean inMainStore;

	private volatile @Nullable Continuation continuation;

	private volatile boolean verifying;

	/** When the run has to end by {@link System#nanoTime()}, or null. */
	private volatile @Nullable Long endsAt;

	public LiveRun(RunRequest request, NewRun run, WorkflowSessionRepository repository, boolean inMainStore,
			@Nullable Interceptions<RunInterception> interception) {
		this.request = request;
		this.run = run;
		this.repository = repository;
		this.inMainStore = inMainStore;
		this.interception = interception;
	}

	/** Returns whether the run is in the main store, not in its workflow's own store. */
	public boolean inMainStore() {
		return this.inMainStore;
	}

	/** Returns what an earlier execution has left, or null if there was none. */
	public @Nullable Continuation continuation() {
		return this.continuation;
	}

	/** Sets what an earlier execution has left, before the run begins. */
	public void continues(Continuation earlier) {
		this.continuation = earlier;
	}

	/** Returns whether the run only compares its code with its journal. */
	public boolean isVerifying() {
		return this.verifying;
	}

	/** Makes the run only compare its code with its journal, and store nothing. */
	public void verifies() {
		this.verifying = true;
	}

	/** Sets how long the run may still take until its deadline. */
	public void endsWithin(Duration left) {
		this.endsAt = System.nanoTime() + Math.min(left.toMillis(), MOST_MILLIS) * 1_000_000;
	}

	/** Returns how long the run may still take, or null if it has no deadline. */
	public @Nullable Duration timeLeft() {
		Long at = this.endsAt;
		return (at != null) ? Duration.ofNanos(at - System.nanoTime()) : null;
	}

	public RunRequest request() {
		return this.request;
	}

	public NewRun run() {
		return this.run;
	}

	public WorkflowSessionRepository repository() {
		return this.repository;
	}

	public CancellationSource cancellation() {
		return this.cancellation;
	}

	public @Nullable Interception interception() {
		return this.interception;
	}

	/** Starts the interceptions of a step, or returns null if there are none. */
	public @Nullable Interceptions<StepInterception> interceptStep(String key, String name) {
		return (this.interception != null) ? this.interception.within((one) -> one.step(key, name)) : null;
	}

	/**
	 * Enters the interception, for work on behalf of the run that is not part of its
	 * code.
	 */
	public Interception.Entry enter() {
		return (this.interception != null) ? this.interception.enter() : Interception.Entry.NONE;
	}

	/** Notifies the interceptors that the code of the run is called next. */
	public void begun() {
		if (this.interception != null) {
			this.interception.tell(RunInterception::begun);
		}
	}

	/** Returns the gate that decides which end of the run counts. */
	public EndGate gate() {
		return this.gate;
	}

	/** Notifies the interceptors of the end; called only after passing the gate. */
	public void ended(RunEnding ending) {
		if (this.interception != null) {
			this.interception.tell((one) -> one.ended(ending));
		}
	}

	/** Sets the action that ends the run even if its code does not stop. */
	public void canEndWithoutBody(Runnable end) {
		this.endWithoutBody = end;
	}

	/**
	 * Ends the run although its code has not stopped, or does nothing if it has not
	 * begun.
	 */
	public void endWithoutBody() {
		Runnable end = this.endWithoutBody;
		if (end != null) {
			end.run();
		}
	}

	/** Returns whether the run waits for its turn in its session. */
	public boolean waiting() {
		return this.waiting;
	}

	public void waiting(boolean waits) {
		this.waiting = waits;
	}

	/** Returns whether the main store has it as an unfinished run of this process. */
	boolean stored() {
		return this.stored;
	}

	/**
	 * Returns whether another process may go on with the run by itself once this one
	 * counts as dead.
	 */
	boolean isTakenFromTheDead() {
		return this.takenFromTheDead;
	}

	/**
	 * Sets whether another process may go on with the run by itself once this one counts
	 * as dead. This execution is stopped then.
	 */
	public void takenFromTheDead(boolean taken) {
		this.takenFromTheDead = taken;
	}

	public void opened(OpenedSession opened) {
		this.stored = this.inMainStore && opened.recorded();
	}

	/** Returns whether its operators may call other workflows on Reactor's threads. */
	public boolean isPublisher() {
		return WorkflowMethods.of(this.request.workflow().getClass())
			.all()
			.stream()
			.anyMatch((method) -> ReactiveTypes.adapter(method.returnType()) != null);
	}

	/** Executes an action once when the run is over, or now if it already is. */
	public void whenOver(Runnable action) {
		synchronized (this.whenOver) {
			if (!this.over) {
				this.whenOver.add(action);
				return;
			}
		}
		action.run();
	}

	/** Returns whether the run waits for a person or a time, and is about to be left. */
	public boolean isPausing() {
		return this.cancellation.signal() instanceof RunSignal signal && signal.kind() == RunSignal.Kind.PAUSED;
	}

	public void over() {
		List<Runnable> due;
		synchronized (this.whenOver) {
			this.over = true;
			due = List.copyOf(this.whenOver);
			this.whenOver.clear();
		}
		due.forEach(Runnable::run);
	}

	/**
	 * Sets the stream of the run, which is cancelled if its items are no longer pulled.
	 */
	public void pulledBy(PulledStream stream) {
		this.pulled = stream;
	}

	public @Nullable PulledStream pulled() {
		return this.pulled;
	}

}
