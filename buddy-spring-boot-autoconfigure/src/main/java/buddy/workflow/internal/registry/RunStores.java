package buddy.workflow.internal.registry;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.storage.RunOwners;
import buddy.storage.WorkflowSessionRepository;

/**
 * Where runs that can be continued are stored.
 *
 * @param repository supplies the store of the runs
 * @param journal the journal of their steps
 * @param waits what paused runs wait for, or {@code null} if runs cannot pause
 * @param owners the store of the owners of runs, or {@code null}
 * @param queue what runs are queued with, or {@code null} if they cannot be queued
 */
public record RunStores(Supplier<WorkflowSessionRepository> repository, RunJournal journal, @Nullable RunWaits waits,
		@Nullable RunOwners owners, @Nullable QueueSettings queue) {
}
