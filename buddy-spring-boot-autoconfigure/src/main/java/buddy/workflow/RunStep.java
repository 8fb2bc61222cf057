package buddy.workflow;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import buddy.durable.StepKind;
import buddy.durable.StepState;
import buddy.durable.StepStatus;

/**
 * A recorded step of a run, or the nested run of another workflow that it called.
 *
 * @param key its key, unlike that of any other step of the run
 * @param name its name
 * @param position its place among the steps of its part of the run, from 0
 * @param kind what it is
 * @param status its status
 * @param attempts how often its body was called
 * @param epoch the execution of the run that recorded it
 * @param startedAt when it began
 * @param endedAt when it ended, or {@code null}
 * @param result its result as JSON, or {@code null}
 * @param error its failure as JSON, or {@code null}
 * @param childRunId the nested run, for the call of another workflow, or {@code null}
 * @param digest a digest of what the step was given, or {@code null}
 * @param state what its body did to the session's state, or {@link StepState#NONE}
 */
public record RunStep(String key, String name, int position, StepKind kind, StepStatus status, int attempts, int epoch,
		Instant startedAt, @Nullable Instant endedAt, @Nullable String result, @Nullable String error,
		@Nullable String childRunId, @Nullable String digest, StepState state) {
}
