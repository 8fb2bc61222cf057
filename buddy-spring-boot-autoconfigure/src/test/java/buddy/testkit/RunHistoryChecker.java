package buddy.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.event.EventPosition;
import buddy.event.RunEventStream;
import buddy.event.RunEventStreams;
import buddy.event.StoredEvent;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks after a fault that what is stored of a run is one history: every recorded step
 * is there once and as it was, and steps, events, response and status fit together.
 */
public final class RunHistoryChecker {

	private static final Set<String> LAST_EVENTS = Set.of("WorkflowCompleted", "WorkflowError", "WorkflowCancelled");

	private static final int PAGE = 100;

	private final WorkflowSessionRepository runs;

	private final RunJournal journal;

	private final @Nullable RunEventStreams events;

	private final Map<String, Map<String, StoredStep>> recorded = new HashMap<>();

	private final Map<String, Integer> epochs = new HashMap<>();

	/**
	 * Creates a checker.
	 * @param runs the store of the runs
	 * @param journal the store of their steps
	 * @param events reads the events of runs, or {@code null} if they are not checked
	 */
	public RunHistoryChecker(WorkflowSessionRepository runs, RunJournal journal, @Nullable RunEventStreams events) {
		this.runs = runs;
		this.journal = journal;
		this.events = events;
	}

	/**
	 * Creates a checker of what an application has stored, its events included.
	 * @param application the application
	 * @return the checker
	 */
	public static RunHistoryChecker of(TestApplication application) {
		return new RunHistoryChecker(application.bean(WorkflowSessionRepository.class),
				application.bean(RunJournal.class), application.bean(RunEventStreams.class));
	}

	/**
	 * Remembers the steps that are recorded now, which must be there as they are from now
	 * on, and the run's epoch, which must not fall.
	 * @param runId the run
	 */
	public void observe(String runId) {
		this.runs.findRun(runId).ifPresent((run) -> this.epochs.merge(runId, run.epoch(), Math::max));
		Map<String, StoredStep> done = this.recorded.computeIfAbsent(runId, (id) -> new HashMap<>());
		for (StoredStep step : steps(runId)) {
			if (step.head().status() == StepStatus.DONE) {
				done.putIfAbsent(step.key(), step);
			}
		}
	}

	/**
	 * Checks a run that has ended.
	 * @param runId the run
	 * @return the run with its steps
	 */
	public History check(String runId) {
		StoredRun run = this.runs.findRun(runId).orElseThrow(() -> new AssertionError("There is no run " + runId));
		List<StoredStep> steps = steps(runId);
		assertThat(run.status().isTerminal()).as("run %s has ended, and is not %s", runId, run.status()).isTrue();
		assertThat(run.epoch()).as("epoch of run %s", runId).isGreaterThanOrEqualTo(this.epochs.getOrDefault(runId, 0));
		assertThat(steps).as("steps of run %s", runId).extracting(StoredStep::key).doesNotHaveDuplicates();
		assertThat(this.journal.heads(runId))
			.containsExactlyInAnyOrderElementsOf(steps.stream().map(StoredStep::head).toList());
		assertThat(steps).as("steps of run %s that were recorded once", runId)
			.containsAll(this.recorded.getOrDefault(runId, Map.of()).values());
		for (StoredStep step : steps) {
			checkStep(run, step);
		}
		scopes(steps).forEach((scope, heads) -> checkScope(run, scope, heads));
		checkEvents(run);
		observe(runId);
		return new History(run, steps);
	}

	/**
	 * Checks a run that has ended and whose response follows from its steps.
	 * @param runId the run
	 * @param content makes the content of the response from the JSON of the results, in
	 * the order of the steps
	 * @return the run with its steps
	 */
	public History check(String runId, Function<List<@Nullable String>, Object> content) {
		History history = check(runId);
		if (history.run().status() == RunStatus.COMPLETED) {
			List<@Nullable String> results = history.steps().stream().map(StoredStep::result).toList();
			assertThat(history.content()).as("response of run %s", runId).isEqualTo(content.apply(results));
		}
		return history;
	}

	private static void checkStep(StoredRun run, StoredStep step) {
		StepHead head = step.head();
		assertThat(head.epoch()).as("epoch of %s", step).isBetween(0, run.epoch());
		if (run.status() == RunStatus.COMPLETED) {
			assertThat(head.status().isOutcome()).as("%s of a completed run has an outcome", step).isTrue();
		}
		if (head.status().isOutcome()) {
			assertThat(head.endedAt()).as("end of %s", step).isNotNull();
		}
		assertThat(step.error() != null).as("error of %s", step).isEqualTo(head.status() == StepStatus.FAILED);
	}

	/** A place without a row is that of a nested run or of the branches of a scope. */
	private void checkScope(StoredRun run, String scope, List<StepHead> heads) {
		assertThat(heads).as("places in scope '%s' of run %s", scope, run.runId())
			.extracting(StepHead::position)
			.doesNotHaveDuplicates();
		assertThat(heads).as("epochs in scope '%s' of run %s", scope, run.runId())
			.extracting(StepHead::epoch)
			.isSorted();
		int last = heads.get(heads.size() - 1).position();
		Set<String> known = new HashSet<>(heads.stream().map(StepHead::key).toList());
		long without = this.journal.heads(run.runId())
			.stream()
			.map((head) -> child(scope, head.key()))
			.filter((child) -> child != null && !known.contains(child))
			.map((child) -> child.replaceAll("\\[\\d+]$", ""))
			.distinct()
			.count()
				+ this.journal.nested(run.runId()).keySet().stream().filter((key) -> key.startsWith(scope)).count();
		assertThat(last + 1 - heads.size()).as("places without a step in scope '%s' of run %s", scope, run.runId())
			.isBetween(0, (int) without);
	}

	/** The part of a key that is directly within a scope, if the key is deeper. */
	private static @Nullable String child(String scope, String key) {
		int end = key.startsWith(scope) ? key.indexOf('/', scope.length()) : -1;
		return (end > 0) ? key.substring(0, end) : null;
	}

	private static Map<String, List<StepHead>> scopes(List<StoredStep> steps) {
		Map<String, List<StepHead>> scopes = new TreeMap<>();
		for (StoredStep step : steps) {
			scopes.computeIfAbsent(step.head().scope(), (scope) -> new ArrayList<>()).add(step.head());
		}
		scopes.values().forEach((heads) -> heads.sort((a, b) -> Integer.compare(a.position(), b.position())));
		return scopes;
	}

	private void checkEvents(StoredRun run) {
		if (this.events == null) {
			return;
		}
		List<StoredEvent> all = new ArrayList<>();
		try (RunEventStream stream = this.events.open(run.runId(), null)) {
			for (List<StoredEvent> next = stream.next(PAGE); !next.isEmpty(); next = stream.next(PAGE)) {
				all.addAll(next);
			}
			assertThat(stream.ended()).as("events of run %s come to an end", run.runId()).isTrue();
		}
		List<EventPosition> ids = all.stream().map(StoredEvent::position).toList();
		assertThat(ids).as("ids of events of run %s", run.runId()).isSorted().doesNotHaveDuplicates();
		assertThat(all).as("last event of run %s", run.runId())
			.filteredOn((event) -> LAST_EVENTS.contains(event.name()))
			.containsExactly(all.get(all.size() - 1));
		assertThat(all).as("first event of run %s", run.runId())
			.first()
			.extracting(StoredEvent::name)
			.isEqualTo("WorkflowStarted");
	}

	private List<StoredStep> steps(String runId) {
		List<StoredStep> steps = new ArrayList<>();
		String after = null;
		while (true) {
			List<StoredStep> page = this.journal.list(runId, after, PAGE);
			steps.addAll(page);
			if (page.size() < PAGE) {
				return steps;
			}
			after = page.get(page.size() - 1).key();
		}
	}

	/**
	 * A run with its steps.
	 *
	 * @param run the run
	 * @param steps its steps, in the order in which they began
	 */
	public record History(StoredRun run, List<StoredStep> steps) {

		/**
		 * Returns the content of the response.
		 * @return the content, or {@code null} if there is none
		 */
		public @Nullable Object content() {
			RunResponse response = this.run.toWorkflowRun().response();
			return (response != null) ? response.content() : null;
		}

		/**
		 * Returns the keys of the steps whose results are recorded.
		 * @return the keys
		 */
		public List<String> done() {
			return this.steps.stream()
				.filter((step) -> step.head().status() == StepStatus.DONE)
				.map(StoredStep::key)
				.toList();
		}

	}

}
