package buddy.durable.internal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;

/**
 * What is recorded of a run that is continued: the keys of its steps, and their results a
 * page at a time, each handed out once.
 */
public final class ReplayedSteps {

	/** A run that begins has none. */
	public static final ReplayedSteps NONE = new ReplayedSteps(null, "", List.of());

	private static final int PAGE = 200;

	private final @Nullable RunJournal journal;

	private final String runId;

	/** By path. */
	private final Map<String, Scope> scopes = new HashMap<>();

	/** Steps that have failed and are called again, by key, wherever that is now. */
	private final Map<String, StepHead> waiting = new HashMap<>();

	private final Map<String, StoredStep> page = new HashMap<>();

	private final @Nullable Long begin;

	private final long latest;

	private final boolean paused;

	private int left;

	private ReplayedSteps(@Nullable RunJournal journal, String runId, List<StepHead> heads) {
		this.journal = journal;
		this.runId = runId;
		for (StepHead head : heads) {
			if (head.status() == StepStatus.WAITING) {
				this.waiting.put(head.key(), head);
			}
			else {
				this.scopes.computeIfAbsent(head.scope(), (scope) -> new Scope()).steps.add(head);
			}
		}
		this.scopes.values().forEach((scope) -> scope.steps.sort(Comparator.comparingInt(StepHead::position)));
		this.begin = heads.stream().map(StepHead::startedAt).min(Comparator.naturalOrder()).orElse(null);
		this.latest = heads.stream().mapToLong(ReplayedSteps::latest).max().orElse(0);
		this.left = heads.size() - this.waiting.size();
		this.paused = heads.stream().anyMatch(StepHead::hasPaused);
	}

	private static long latest(StepHead head) {
		Long ended = head.endedAt();
		return (ended != null) ? Math.max(head.startedAt(), ended) : head.startedAt();
	}

	/**
	 * Returns when the first of the recorded steps began.
	 * @return the time in milliseconds since the epoch, or {@code null} if there is none
	 */
	public @Nullable Long begin() {
		return this.begin;
	}

	/**
	 * Reads what is recorded of a run.
	 * @param journal the journal
	 * @param runId the run
	 * @return its steps
	 */
	public static ReplayedSteps of(RunJournal journal, String runId) {
		return new ReplayedSteps(journal, runId, journal.heads(runId));
	}

	/**
	 * Returns whether the run has waited for a person or a time.
	 * @return whether it has paused before
	 */
	public boolean hasPaused() {
		return this.paused;
	}

	/**
	 * Returns whether a run, or one that it has called, has waited for a person or a
	 * time.
	 * @param journal the journal
	 * @param runId the run
	 * @return whether it has paused before
	 */
	public static boolean hasPaused(RunJournal journal, String runId) {
		return journal.heads(runId).stream().anyMatch(StepHead::hasPaused)
				|| journal.nested(runId).values().stream().anyMatch((called) -> hasPaused(journal, called));
	}

	/** Returns the latest time that is recorded, or 0. */
	long latest() {
		return this.latest;
	}

	/** Returns whether a step waits within another one, such as a tool of an agent. */
	synchronized boolean waitsWithin(String key) {
		return this.waiting.keySet().stream().anyMatch((waiting) -> waiting.startsWith(key + "/"));
	}

	/** Returns whether all that is recorded has been handed back. */
	synchronized boolean isOver() {
		return this.left == 0;
	}

	/**
	 * Returns the step that is recorded at a place, whatever its key. One that has failed
	 * and is called again is found by its key: the code around it may have changed.
	 */
	synchronized @Nullable StepHead at(StepPlace place) {
		Scope scope = (this.left > 0) ? this.scopes.get(place.scope()) : null;
		if (scope != null) {
			scope.entered = true;
			int index = scope.index(place.position());
			if (index >= 0) {
				return scope.steps.get(index);
			}
		}
		return this.waiting.get(place.key());
	}

	/** Returns the step that is recorded at a place, or waits there, whatever its key. */
	synchronized @Nullable StepHead anyAt(StepPlace place) {
		StepHead head = at(place);
		return (head != null) ? head
				: this.waiting.values()
					.stream()
					.filter((one) -> one.position() == place.position() && one.scope().equals(place.scope()))
					.findFirst()
					.orElse(null);
	}

	/** Returns whether a later step of the same scope is recorded. */
	synchronized boolean hasMore(StepPlace place) {
		Scope scope = this.scopes.get(place.scope());
		return this.left > 0 && scope != null && !scope.steps.isEmpty()
				&& scope.steps.get(scope.steps.size() - 1).position() > place.position();
	}

	/**
	 * Returns whether an earlier execution has been at a place or beyond it: a step of
	 * the scope stands there or later, or a part within it has begun that this execution
	 * has not entered yet.
	 */
	synchronized boolean isPassed(StepPlace place) {
		if (this.left == 0) {
			return false;
		}
		Scope own = this.scopes.get(place.scope());
		if (own != null && !own.steps.isEmpty() && own.steps.get(own.steps.size() - 1).position() >= place.position()) {
			return true;
		}
		return this.scopes.entrySet()
			.stream()
			.anyMatch((entry) -> entry.getKey().startsWith(place.scope()) && !entry.getKey().equals(place.scope())
					&& !entry.getValue().entered && !isCovered(entry.getKey()));
	}

	/** Takes a step that was at its place, with its result; it is forgotten then. */
	synchronized StoredStep take(StepHead head) {
		if (this.journal != null && this.waiting.remove(head.key(), head)) {
			return this.journal.read(this.runId, List.of(head.key()))
				.stream()
				.findFirst()
				.orElseThrow(() -> gone(head));
		}
		StoredStep step = this.page.remove(head.key());
		if (step == null) {
			readFrom(head);
			step = this.page.remove(head.key());
		}
		if (step == null) {
			throw gone(head);
		}
		Scope scope = this.scopes.get(head.scope());
		if (scope != null) {
			scope.taken(head);
		}
		this.left--;
		return step;
	}

	private IllegalStateException gone(StepHead head) {
		return new IllegalStateException(
				"Step '" + head.key() + "' of run '" + this.runId + "' is not recorded any more");
	}

	private void readFrom(StepHead head) {
		Scope scope = this.scopes.get(head.scope());
		if (this.journal == null || scope == null) {
			return;
		}
		int from = scope.index(head.position());
		List<String> keys = scope.steps.subList(from, Math.min(from + PAGE, scope.steps.size()))
			.stream()
			.map(StepHead::key)
			.toList();
		this.journal.read(this.runId, keys).forEach((step) -> this.page.put(step.key(), step));
	}

	/** Returns a step that was not reached, for the message. */
	synchronized @Nullable StepHead notReached() {
		return this.scopes.entrySet()
			.stream()
			.filter((entry) -> !isCovered(entry.getKey()))
			.flatMap((entry) -> entry.getValue().notTaken().stream())
			.min(Comparator.comparing(StepHead::startedAt).thenComparing(StepHead::key))
			.orElse(null);
	}

	/**
	 * Returns whether the steps of a scope are not called again, since they are part of a
	 * step that is done, such as the requests of an agent to its model.
	 */
	private boolean isCovered(String scope) {
		for (int end = scope.indexOf('/'); end >= 0; end = scope.indexOf('/', end + 1)) {
			String key = scope.substring(0, end);
			Scope around = this.scopes.get(key.substring(0, key.lastIndexOf('/') + 1));
			if (around != null && around.steps.stream()
				.anyMatch((step) -> step.key().equals(key) && step.status() == StepStatus.DONE)) {
				return true;
			}
		}
		return false;
	}

	/** The recorded steps of a scope, in the order of their positions. */
	private static final class Scope {

		private final List<StepHead> steps = new ArrayList<>();

		private final BitSet taken = new BitSet();

		private boolean entered;

		int index(int position) {
			// without gaps, the position is the index
			if (position < this.steps.size() && this.steps.get(position).position() == position) {
				return position;
			}
			int low = 0;
			int high = this.steps.size() - 1;
			while (low <= high) {
				int middle = (low + high) >>> 1;
				int found = this.steps.get(middle).position();
				if (found == position) {
					return middle;
				}
				low = (found < position) ? middle + 1 : low;
				high = (found < position) ? high : middle - 1;
			}
			return -1;
		}

		void taken(StepHead head) {
			this.taken.set(index(head.position()));
		}

		List<StepHead> notTaken() {
			List<StepHead> left = new ArrayList<>();
			for (int i = this.taken.nextClearBit(0); i < this.steps.size(); i = this.taken.nextClearBit(i + 1)) {
				left.add(this.steps.get(i));
			}
			return left;
		}

	}

}
