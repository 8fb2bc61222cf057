package buddy.web;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

import buddy.budget.BudgetExceededException;
import buddy.json.internal.Json;
import buddy.run.RunCancelledException;
import buddy.run.RunFailure;
import buddy.run.RunFencedException;
import buddy.run.RunTimedOutException;
import buddy.run.WorkflowRun;
import buddy.web.RunProblemMapper.FailedRun;
import buddy.workflow.RunNotRecordedException;
import buddy.workflow.WorkflowDescriptor;

/**
 * Maps the end of a run to a problem detail, using the application's mappers first.
 */
final class RunProblems {

	private static final Logger logger = LoggerFactory.getLogger(RunProblems.class);

	private final List<RunProblemMapper> mappers;

	RunProblems(List<RunProblemMapper> mappers) {
		this.mappers = List.copyOf(mappers);
	}

	/** Maps the exception that ended a run. */
	Problem of(String runId, WorkflowDescriptor workflow, Throwable failure) {
		if (failure instanceof RunTimedOutException || failure instanceof RunCancelledException
				|| failure instanceof RunNotRecordedException || failure instanceof RunFencedException) {
			return Problems.ofRun(runId, failure);
		}
		if (failure instanceof BudgetExceededException exceeded) {
			return Problems.budgetExceeded(exceeded).with("run_id", runId);
		}
		return failed(new FailedRun(runId, workflow.workflowId(), failure.getClass().getName(), failure.getMessage(),
				failure));
	}

	/** Maps the record of a run that failed or was cancelled. */
	Problem of(WorkflowRun run) {
		RunFailure failure = run.failure();
		if (failure != null && RunFailure.BUDGET_EXCEEDED.equals(failure.reason())) {
			return Problems.budgetExceeded(failure.message()).with("run_id", run.runId());
		}
		return failed(new FailedRun(run.runId(), run.workflowId(), (failure != null) ? failure.type() : null,
				(failure != null) ? failure.message() : null, null));
	}

	private Problem failed(FailedRun run) {
		for (RunProblemMapper mapper : this.mappers) {
			try {
				ProblemDetail mapped = mapper.problem(run);
				if (mapped != null) {
					return problem(run, mapped);
				}
			}
			catch (RuntimeException ex) {
				logger.error("{} failed to map the failure of run '{}'", mapper.getClass().getName(), run.runId(), ex);
			}
		}
		return Problems.failed(run.runId());
	}

	private static Problem problem(FailedRun run, ProblemDetail mapped) {
		URI type = mapped.getType();
		String name = (type == null || type.toString().equals("about:blank")) ? "run-failed" : type.toString();
		Map<String, Object> more = new LinkedHashMap<>();
		more.put("run_id", run.runId());
		Map<String, Object> properties = mapped.getProperties();
		if (properties != null) {
			Json.readMap(Json.write(properties)).forEach((key, value) -> {
				if (value != null) {
					more.put(key, value);
				}
			});
		}
		String title = mapped.getTitle();
		return new Problem(name, HttpStatusCode.valueOf(mapped.getStatus()), (title != null) ? title : "The run failed",
				mapped.getDetail(), more, Map.of());
	}

}
