package buddy.durable;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.RunTake;
import buddy.storage.StoredRun;

/**
 * Stores the steps of runs in the memory of this process, with the behaviour of a
 * database: for tests, and for applications without one.
 */
public final class MapRunJournal implements RunJournal {

	private static final Comparator<StoredStep> AS_THEY_BEGAN = Comparator
		.comparing((StoredStep step) -> step.head().startedAt())
		.thenComparing((step) -> step.head().position())
		.thenComparing(StoredStep::key);

	/** The steps by run and key. Guarded by the store of the runs. */
	private final Map<String, Map<String, StoredStep>> steps = new HashMap<>();

	/** The runs whose steps were deleted. Guarded by the store of the runs. */
	private final Set<String> deleted = new HashSet<>();

	private final MapWorkflowSessionRepository runs;

	/**
	 * Creates an empty journal.
	 * @param runs the store of the runs
	 */
	public MapRunJournal(MapWorkflowSessionRepository runs) {
		this.runs = runs;
	}

	@Override
	public boolean take(RunTake take) {
		synchronized (this.runs) {
			return !hasDeletedSteps(take.runId()) && this.runs.take(take);
		}
	}

	@Override
	public JournalWrite append(StoredStep step) {
		synchronized (this.runs) {
			if (isFenced(step)) {
				return JournalWrite.FENCED;
			}
			StoredStep known = of(step.runId()).putIfAbsent(step.key(), step);
			if (known != null && !known.head().equals(step.head())) {
				throw new IllegalStateException(
						"Step '" + step.key() + "' of run '" + step.runId() + "' is recorded already");
			}
			return JournalWrite.STORED;
		}
	}

	/**
	 * Adds a step as another journal has recorded it.
	 * @param step the step
	 */
	public void add(StoredStep step) {
		synchronized (this.runs) {
			if (this.runs.findRun(step.runId()).isEmpty()) {
				throw new IllegalArgumentException("There is no run '" + step.runId() + "'; add the run first");
			}
			of(step.runId()).put(step.key(), step);
		}
	}

	/** Finds a step; to be called with the lock of the runs. */
	@Nullable StoredStep find(String runId, String key) {
		return of(runId).get(key);
	}

	/** Stores a step as it is now; to be called with the lock of the runs. */
	void put(StoredStep step) {
		of(step.runId()).put(step.key(), step);
	}

	@Override
	public JournalWrite update(StoredStep step) {
		synchronized (this.runs) {
			StoredStep known = of(step.runId()).get(step.key());
			if (isFenced(step) || known == null || known.head().status().isOutcome()) {
				return JournalWrite.FENCED;
			}
			of(step.runId()).put(step.key(), step.keeping(known));
			return JournalWrite.STORED;
		}
	}

	@Override
	public JournalWrite writeInTransaction(Supplier<StoredStep> body, boolean update) {
		StoredStep step = body.get();
		return update ? update(step) : append(step);
	}

	private boolean isFenced(StoredStep step) {
		return this.runs.findRun(step.runId())
			.filter((run) -> run.status() == RunStatus.RUNNING && run.epoch() == step.head().epoch())
			.isEmpty();
	}

	/** The steps of a run that was deleted go with it. */
	private Map<String, StoredStep> of(String runId) {
		this.steps.keySet().removeIf((known) -> this.runs.findRun(known).isEmpty());
		return this.runs.findRun(runId).isPresent() ? this.steps.computeIfAbsent(runId, (id) -> new LinkedHashMap<>())
				: Map.of();
	}

	@Override
	public boolean isInTransaction() {
		return false;
	}

	@Override
	public boolean isTemporary(RuntimeException failure) {
		return false;
	}

	@Override
	public List<StepHead> heads(String runId) {
		synchronized (this.runs) {
			return of(runId).values().stream().map(StoredStep::head).toList();
		}
	}

	@Override
	public List<StoredStep> read(String runId, Collection<String> keys) {
		synchronized (this.runs) {
			Map<String, StoredStep> known = of(runId);
			return keys.stream().map(known::get).filter(Objects::nonNull).toList();
		}
	}

	@Override
	public List<StoredStep> list(String runId, @Nullable String after, int limit) {
		synchronized (this.runs) {
			StoredStep last = (after != null) ? of(runId).get(after) : null;
			return of(runId).values()
				.stream()
				.filter((step) -> last == null || AS_THEY_BEGAN.compare(step, last) > 0)
				.sorted(AS_THEY_BEGAN)
				.limit(limit)
				.toList();
		}
	}

	@Override
	public StepState base(String runId) {
		synchronized (this.runs) {
			return of(runId).values()
				.stream()
				.map(StoredStep::state)
				.filter((state) -> state.base() != null)
				.findFirst()
				.map((state) -> new StepState(null, state.base(), state.baseVersion()))
				.orElse(StepState.NONE);
		}
	}

	@Override
	public @Nullable String lastEvent(String runId) {
		synchronized (this.runs) {
			return of(runId).values()
				.stream()
				.filter((step) -> step.lastEvent() != null)
				.max(Comparator.comparing((StoredStep step) -> step.head().epoch())
					.thenComparing(StoredStep::lastEvent))
				.map((step) -> step.head().epoch() + "-" + step.lastEvent())
				.orElse(null);
		}
	}

	@Override
	public void fork(StoredRun fork, String from, Collection<String> keys) {
		synchronized (this.runs) {
			List<StoredStep> copies = read(from, keys);
			if (copies.size() < keys.size()) {
				throw new IllegalStateException(
						"Run '" + from + "' cannot be forked: steps of it were deleted meanwhile");
			}
			this.runs.add(fork);
			Map<String, StoredStep> own = of(fork.runId());
			copies.forEach((step) -> own.put(step.key(), new StoredStep(fork.runId(), step.head(), step.codec(),
					step.digest(), step.result(), step.error(), step.state(), null)));
		}
	}

	@Override
	public Map<String, String> nested(String runId) {
		return this.runs.nested(runId);
	}

	@Override
	public List<String> runsWithSteps(long begunBefore, @Nullable String after, int limit) {
		synchronized (this.runs) {
			return this.steps.entrySet()
				.stream()
				.filter((entry) -> !entry.getValue().isEmpty())
				.map(Map.Entry::getKey)
				.filter((run) -> this.runs.findRun(run).filter((one) -> one.createdAt() < begunBefore).isPresent())
				.filter((run) -> after == null || run.compareTo(after) > 0)
				.sorted()
				.limit(limit)
				.toList();
		}
	}

	@Override
	public int deleteSteps(String runId, long begunBefore, long now) {
		synchronized (this.runs) {
			StoredRun run = outermost(runId);
			if (run == null || !run.status().isTerminal() || run.createdAt() >= begunBefore) {
				return 0;
			}
			this.deleted.removeIf((known) -> this.runs.findRun(known).isEmpty());
			this.deleted.add(run.runId());
			List<String> all = this.steps.keySet().stream().filter((id) -> run.equals(outermost(id))).toList();
			return all.stream().map(this.steps::remove).mapToInt(Map::size).sum();
		}
	}

	private @Nullable StoredRun outermost(String runId) {
		StoredRun run = this.runs.findRun(runId).orElse(null);
		return (run == null || run.parentRunId() == null) ? run : outermost(run.parentRunId());
	}

	@Override
	public boolean hasDeletedSteps(String runId) {
		synchronized (this.runs) {
			return this.deleted.contains(runId);
		}
	}

	@Override
	public boolean reopenFailure(String runId, String key, int epoch) {
		synchronized (this.runs) {
			StoredStep failed = failure(runId, key, epoch);
			return failed != null && of(runId).replace(key, failed, failed.reopened());
		}
	}

	private @Nullable StoredStep failure(String runId, String key, int epoch) {
		StoredStep known = of(runId).get(key);
		return (known != null && known.head().status() == StepStatus.FAILED
				&& this.runs.findRun(runId).filter((run) -> run.epoch() == epoch).isPresent()) ? known : null;
	}

}
