package buddy.test;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunJournal;
import buddy.json.internal.Json;
import buddy.run.RunFailure;
import buddy.run.RunStatus;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunOwners;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;

/**
 * Records runs as interrupted whose process has crashed, and frees their sessions, as
 * another node does.
 */
final class DeadRuns {

	private final Supplier<WorkflowSessionRepository> repository;

	private final Supplier<@Nullable RunOwners> owners;

	private final Supplier<@Nullable String> nodeId;

	DeadRuns(Supplier<WorkflowSessionRepository> repository, Supplier<@Nullable RunOwners> owners,
			Supplier<@Nullable String> nodeId) {
		this.repository = repository;
		this.owners = owners;
		this.nodeId = nodeId;
	}

	/** Records a run and the unfinished runs that it called as interrupted. */
	void mark(String runId, @Nullable RunJournal journal, long endedAt) {
		if (journal != null) {
			journal.nested(runId).values().forEach((nested) -> mark(nested, journal, endedAt));
		}
		StoredRun run = this.repository.get()
			.findRun(runId)
			.orElseThrow(() -> new AssertionError("Run '" + runId + "' has crashed, but it is not stored"));
		if (!run.status().isTerminal()) {
			mark(run, Math.max(endedAt, run.createdAt()));
		}
	}

	private void mark(StoredRun run, long endedAt) {
		String error = Json.write(Json.plain(RunFailure.because(RunFailure.INTERRUPTED,
				"The process that executed the run crashed, as the test wants it")));
		RunOwners known = this.owners.get();
		String node = this.nodeId.get();
		if (known != null && node != null) {
			known.endOwn(new RunOwners.OwnRun(run.runId(), null), node,
					new RunOwners.OrphanEnd(RunStatus.ERROR, error, endedAt));
			return;
		}
		NewRun dead = NewRun.builder(run.key(), new SessionSeed(null, "{}", null))
			.createdAt(run.createdAt())
			.parentRunId(run.parentRunId())
			.input((run.input() != null) ? run.input() : "{}")
			.epoch(run.epoch())
			.origin(run.origin())
			.build();
		this.repository.get().end(new RunEnd(dead, true, RunStatus.ERROR, null, error, endedAt, null));
	}

}
