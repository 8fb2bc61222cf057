package buddy.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;
import buddy.storage.RunStatistics.RunFigures;

/**
 * The ended runs of a time as JSON: over all, by the parts of the time, by the type of
 * their error and by workflow. A run counts in the part in which it ended.
 */
final class RunFiguresView {

	/** How many types of errors, and how many workflows, are listed. */
	private static final int MOST_LISTED = 100;

	private static final String UNKNOWN = "unknown";

	private final List<Part> parts;

	private final Map<RunStatus, Integer> ended = new EnumMap<>(RunStatus.class);

	private final Map<String, Errors> errors = new TreeMap<>();

	private final Map<String, OfWorkflow> workflows = new TreeMap<>();

	RunFiguresView(StatsWindow window, Instant from, List<RunFigures> runs) {
		this.parts = IntStream.range(0, window.parts())
			.mapToObj((i) -> new Part(from.plus(window.part().multipliedBy(i))))
			.toList();
		for (RunFigures run : runs) {
			Long endedAt = run.endedAt();
			if (run.status().isTerminal() && endedAt != null) {
				long part = (endedAt - from.toEpochMilli()) / window.part().toMillis();
				add(run, endedAt, (int) Math.max(0, Math.min(part, window.parts() - 1)));
			}
		}
	}

	private void add(RunFigures run, long endedAt, int part) {
		this.ended.merge(run.status(), 1, Integer::sum);
		this.parts.get(part).add(run, endedAt - run.createdAt());
		OfWorkflow workflow = this.workflows.computeIfAbsent(run.workflowId(),
				(id) -> new OfWorkflow(id, new int[this.parts.size()]));
		workflow.buckets[part]++;
		if (run.status() == RunStatus.ERROR) {
			workflow.errors.add(run.runId(), endedAt);
			String type = Objects.requireNonNullElse(run.measures().errorType(), UNKNOWN);
			this.errors.computeIfAbsent(type, (name) -> new Errors()).add(run.runId(), endedAt);
		}
	}

	void addTo(Map<String, @Nullable Object> json) {
		Map<String, Integer> counts = new LinkedHashMap<>();
		for (RunStatus status : new RunStatus[] { RunStatus.COMPLETED, RunStatus.ERROR, RunStatus.CANCELLED }) {
			counts.put(status.name(), this.ended.getOrDefault(status, 0));
		}
		json.put("ended", counts);
		json.put("buckets", this.parts.stream().map(Part::toMap).toList());
		Comparator<Map.Entry<String, Errors>> most = Comparator.comparingInt((entry) -> -entry.getValue().count);
		json.put("errors",
				this.errors.entrySet()
					.stream()
					.sorted(most)
					.limit(MOST_LISTED)
					.map((entry) -> entry.getValue().toMap(entry.getKey()))
					.toList());
		json.put("workflows",
				this.workflows.values()
					.stream()
					.sorted(Comparator.comparingInt((workflow) -> -workflow.ended()))
					.limit(MOST_LISTED)
					.map(OfWorkflow::toMap)
					.toList());
	}

	/** What ended in a part of the time. */
	private static final class Part {

		private final Instant from;

		private final Map<RunStatus, Integer> ended = new EnumMap<>(RunStatus.class);

		/** How long completed runs took, in milliseconds. */
		private final List<Long> durations = new ArrayList<>();

		private long inputTokens;

		private long outputTokens;

		Part(Instant from) {
			this.from = from;
		}

		void add(RunFigures run, long duration) {
			this.ended.merge(run.status(), 1, Integer::sum);
			if (run.status() == RunStatus.COMPLETED) {
				this.durations.add(duration);
			}
			this.inputTokens += Objects.requireNonNullElse(run.measures().inputTokens(), 0L);
			this.outputTokens += Objects.requireNonNullElse(run.measures().outputTokens(), 0L);
		}

		Map<String, @Nullable Object> toMap() {
			Map<String, @Nullable Object> json = new LinkedHashMap<>();
			json.put("from", this.from.getEpochSecond());
			json.put("completed", this.ended.getOrDefault(RunStatus.COMPLETED, 0));
			json.put("error", this.ended.getOrDefault(RunStatus.ERROR, 0));
			json.put("cancelled", this.ended.getOrDefault(RunStatus.CANCELLED, 0));
			Collections.sort(this.durations);
			Views.put(json, "p50_seconds", percentile(50));
			Views.put(json, "p95_seconds", percentile(95));
			json.put("input_tokens", this.inputTokens);
			json.put("output_tokens", this.outputTokens);
			return json;
		}

		/** Returns the shortest time in which so many percent of the runs completed. */
		private @Nullable Double percentile(int percent) {
			int rank = (this.durations.size() * percent + 99) / 100;
			return (rank > 0) ? this.durations.get(rank - 1) / 1000.0 : null;
		}

	}

	/** Failed runs, and the last of them. */
	private static final class Errors {

		private int count;

		private @Nullable String lastRunId;

		private long lastAt;

		void add(String runId, long endedAt) {
			this.count++;
			if (this.lastRunId == null || endedAt > this.lastAt) {
				this.lastRunId = runId;
				this.lastAt = endedAt;
			}
		}

		Map<String, @Nullable Object> toMap(String type) {
			Map<String, @Nullable Object> json = new LinkedHashMap<>();
			json.put("type", type);
			json.put("count", this.count);
			json.put("last_run_id", this.lastRunId);
			return json;
		}

	}

	/** The ended runs of a workflow. */
	private static final class OfWorkflow {

		private final String workflowId;

		private final int[] buckets;

		private final Errors errors = new Errors();

		OfWorkflow(String workflowId, int[] buckets) {
			this.workflowId = workflowId;
			this.buckets = buckets;
		}

		int ended() {
			return Arrays.stream(this.buckets).sum();
		}

		Map<String, @Nullable Object> toMap() {
			Map<String, @Nullable Object> json = new LinkedHashMap<>();
			json.put("workflow_id", this.workflowId);
			json.put("ended", ended());
			json.put("errors", this.errors.count);
			json.put("buckets", Arrays.stream(this.buckets).boxed().toList());
			Views.put(json, "last_error_run_id", this.errors.lastRunId);
			return json;
		}

	}

}
