package buddy.workflow.internal.live;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import buddy.durable.StepState;
import buddy.durable.internal.ReplayedSteps;
import buddy.storage.OpenedSession;
import buddy.storage.StoredRun;

/**
 * What an earlier execution of a run has left for the one that continues it.
 *
 * @param run the run as it is stored, already taken by this execution
 * @param opened the session as this execution found it
 * @param steps its recorded steps
 * @param state the state that the run began with, or {@link StepState#NONE} if it is not
 * recorded
 * @param retried the keys of the steps and nested runs that are tried again
 * @param nested the ids of the runs that it called, by the key of the call
 * @param validUntil the last of its events that still holds, or {@code null} if no step
 * says so
 * @param fork how the run was forked from another one, or {@code null}
 */
public record Continuation(StoredRun run, OpenedSession opened, ReplayedSteps steps, StepState state,
		Set<String> retried, Map<String, String> nested, @Nullable String validUntil, @Nullable ForkRecipe fork) {
}
