package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * What came of comparing the code of a workflow with the recorded steps of a run.
 *
 * @param runId the run
 * @param workflowId its workflow
 * @param matches whether the run can be continued with the code
 * @param steps how many recorded steps were handed back
 * @param next the key of the step that would be executed next, or {@code null} if the
 * body came to its end
 * @param problem the first difference, or why nothing is known, or {@code null}
 */
public record RunVerification(String runId, String workflowId, boolean matches, int steps, @Nullable String next,
		@Nullable String problem) {
}
