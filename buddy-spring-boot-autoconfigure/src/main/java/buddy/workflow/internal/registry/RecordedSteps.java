package buddy.workflow.internal.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepState;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.RunStep;
import buddy.workflow.internal.live.NestedRuns;

/**
 * Lists the steps of a run in the order in which they began, with the nested runs that it
 * called at their places.
 */
final class RecordedSteps {

	private static final Comparator<StepHead> AS_THEY_BEGAN = Comparator.comparingLong(StepHead::startedAt)
		.thenComparingInt(StepHead::position)
		.thenComparing(StepHead::key);

	private final WorkflowSessionRepository repository;

	private final RunJournal journal;

	private final StoredRun run;

	private final String runId;

	RecordedSteps(WorkflowSessionRepository repository, RunJournal journal, StoredRun run) {
		this.repository = repository;
		this.journal = journal;
		this.run = run;
		this.runId = run.runId();
	}

	/**
	 * Lists a page of the steps.
	 * @throws IllegalArgumentException if there is no step after which to go on
	 */
	List<RunStep> list(@Nullable String after, int limit) {
		Map<String, String> nested = NestedRuns.of(this.run, this.journal, this.repository);
		if (nested.isEmpty()) {
			requireKnown(after, after == null || !this.journal.read(this.runId, List.of(after)).isEmpty());
			return this.journal.list(this.runId, after, limit).stream().map(RecordedSteps::step).toList();
		}
		return withNested(nested, after, limit);
	}

	private void requireKnown(@Nullable String after, boolean known) {
		if (!known) {
			throw new IllegalArgumentException("Run '" + this.runId + "' has no step '" + after + "'");
		}
	}

	private List<RunStep> withNested(Map<String, String> nested, @Nullable String after, int limit) {
		Map<String, StoredRun> children = new HashMap<>();
		nested.forEach((key, id) -> this.repository.findRun(id).ifPresent((child) -> children.put(key, child)));
		List<StepHead> all = new ArrayList<>(this.journal.heads(this.runId));
		all.addAll(placed(children, all));
		all.sort(AS_THEY_BEGAN);
		int from = 0;
		if (after != null) {
			List<String> keys = all.stream().map(StepHead::key).toList();
			requireKnown(after, keys.contains(after));
			from = keys.indexOf(after) + 1;
		}
		List<StepHead> page = all.subList(from, Math.min(all.size(), from + limit));
		Map<String, StoredStep> steps = bodies(page);
		return page.stream().map((head) -> {
			StoredStep step = steps.get(head.key());
			StoredRun child = children.get(head.key());
			return (step != null || child == null) ? step((step != null) ? step : new StoredStep(this.runId, head))
					: nested(head, child);
		}).toList();
	}

	private Map<String, StoredStep> bodies(List<StepHead> page) {
		List<String> keys = page.stream().filter((head) -> head.kind() != StepKind.RUN).map(StepHead::key).toList();
		return keys.isEmpty() ? Map.of()
				: this.journal.read(this.runId, keys)
					.stream()
					.collect(Collectors.toMap(StoredStep::key, Function.identity()));
	}

	/** Gives nested runs the positions that no step of their scopes has. */
	private static List<StepHead> placed(Map<String, StoredRun> children, Collection<StepHead> steps) {
		Map<String, Set<Integer>> taken = new HashMap<>();
		steps.forEach((step) -> taken.computeIfAbsent(step.scope(), (scope) -> new TreeSet<>()).add(step.position()));
		List<StepHead> heads = new ArrayList<>();
		children.entrySet()
			.stream()
			.sorted(Comparator.comparingLong((Map.Entry<String, StoredRun> child) -> child.getValue().createdAt())
				.thenComparing((child) -> child.getValue().runId()))
			.forEach((child) -> {
				int epoch = epochAt(steps, child.getValue().createdAt());
				StepHead head = head(child.getKey(), child.getValue(), 0, epoch);
				Set<Integer> known = taken.computeIfAbsent(head.scope(), (scope) -> new TreeSet<>());
				int position = 0;
				while (!known.add(position)) {
					position++;
				}
				heads.add(head(child.getKey(), child.getValue(), position, epoch));
			});
		return heads;
	}

	/** Returns the execution that had recorded steps last when a nested run began. */
	private static int epochAt(Collection<StepHead> steps, long time) {
		return steps.stream().filter((step) -> step.startedAt() <= time).mapToInt(StepHead::epoch).max().orElse(0);
	}

	private static StepHead head(String key, StoredRun child, int position, int epoch) {
		StepStatus status = (child.status() == RunStatus.COMPLETED) ? StepStatus.DONE
				: child.status().isTerminal() ? StepStatus.FAILED : StepStatus.STARTED;
		return new StepHead(key, position, StepKind.RUN, status, child.epoch() + 1, epoch, child.createdAt(),
				child.endedAt(), null);
	}

	private static RunStep step(StoredStep step) {
		return of(step.head(), step.result(), step.error(), null, step.digest(), step.state());
	}

	private static RunStep nested(StepHead head, StoredRun child) {
		return of(head, child.response(), child.error(), child.runId(), null, StepState.NONE);
	}

	// the columns of a step and of a run
	@SuppressWarnings("checkstyle:ParameterNumber")
	private static RunStep of(StepHead head, @Nullable String result, @Nullable String error,
			@Nullable String childRunId, @Nullable String digest, StepState state) {
		Long ended = head.endedAt();
		return new RunStep(head.key(), head.name(), head.position(), head.kind(), head.status(), head.attempts(),
				head.epoch(), Instant.ofEpochMilli(head.startedAt()),
				(ended != null) ? Instant.ofEpochMilli(ended) : null, result, error, childRunId, digest, state);
	}

}
