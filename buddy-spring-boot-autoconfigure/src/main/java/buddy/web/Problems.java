package buddy.web;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.ClassUtils;

import buddy.budget.BudgetExceededException;
import buddy.json.UnstorableValueException;
import buddy.run.RunCancelledException;
import buddy.run.RunFencedException;
import buddy.run.RunTimedOutException;
import buddy.session.IdempotencyKeyUsedException;
import buddy.session.InvalidIdException;
import buddy.session.InvalidSessionException;
import buddy.session.SessionBusyException;
import buddy.session.SessionExistsException;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;
import buddy.session.UserRequiredException;
import buddy.storage.codec.PayloadUnreadableException;
import buddy.workflow.InvalidAnswerException;
import buddy.workflow.InvalidInputException;
import buddy.workflow.InvalidScheduleException;
import buddy.workflow.QuestionNotOpenException;
import buddy.workflow.RunNotFoundException;
import buddy.workflow.RunNotRecordedException;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.RunVerificationTimeoutException;
import buddy.workflow.ScheduleDeclaredException;
import buddy.workflow.ScheduleExistsException;
import buddy.workflow.ScheduleNotFoundException;
import buddy.workflow.StepsNotRecordedException;
import buddy.workflow.WorkflowNotFoundException;

/**
 * Maps exceptions to problem details.
 */
final class Problems {

	private static final Logger logger = LoggerFactory.getLogger(Problems.class);

	private static final boolean SECURITY = ClassUtils
		.isPresent("org.springframework.security.access.AccessDeniedException", Problems.class.getClassLoader());

	private Problems() {
	}

	static Problem workflowNotFound(String workflowId) {
		return Problem.of(HttpStatus.NOT_FOUND, "workflow-not-found", "No such workflow",
				"There is no workflow '" + workflowId + "'");
	}

	static Problem workflowNotPublished(String workflowId) {
		return Problem.of(HttpStatus.NOT_FOUND, "workflow-not-found", "No such workflow",
				"The workflow '" + workflowId + "' is called from Java only: its run() needs more than JSON can give");
	}

	static Problem runNotFound(String runId) {
		return Problem.of(HttpStatus.NOT_FOUND, "run-not-found", "No such run",
				"There is no run '" + runId + "' that you may see");
	}

	static Problem sessionNotFound(String sessionId) {
		return Problem.of(HttpStatus.NOT_FOUND, "session-not-found", "No such session",
				"There is no session '" + sessionId + "' that you may see");
	}

	static Problem scheduleNotFound(String scheduleId) {
		return Problem.of(HttpStatus.NOT_FOUND, "schedule-not-found", "No such schedule",
				"There is no schedule '" + scheduleId + "' that you may see");
	}

	static Problem schedulesNotStored() {
		return Problem.of(HttpStatus.NOT_IMPLEMENTED, "schedules-not-stored", "The application stores no schedules",
				"Schedules need a database");
	}

	static Problem invalidParameter(String detail) {
		return Problem.of(HttpStatus.BAD_REQUEST, "invalid-parameter", "A parameter, header or id is not allowed",
				detail);
	}

	static Problem malformed(String detail) {
		return Problem.of(HttpStatus.BAD_REQUEST, "malformed-json", "The body is not the expected JSON", detail);
	}

	static Problem invalidSession(InvalidSessionException ex) {
		return Problem
			.of(HttpStatus.UNPROCESSABLE_CONTENT, "invalid-session", "The body is not the JSON of a workflow session",
					ex.getMessage())
			.with("path", Problem.line(ex.path()));
	}

	static Problem invalidInput(String path, String detail) {
		return Problem
			.of(HttpStatus.UNPROCESSABLE_CONTENT, "invalid-input", "The body has a field that cannot be used", detail)
			.with("path", Problem.line(path));
	}

	static Problem tooLarge(long most) {
		return Problem.of(HttpStatus.CONTENT_TOO_LARGE, "request-too-large", "The body is too large",
				"At most " + most + " bytes are read (buddy.web.max-request-size)");
	}

	static Problem tooManyRuns(int runs, int most) {
		return Problem.of(HttpStatus.CONTENT_TOO_LARGE, "request-too-large", "The body is too large",
				"The session has " + runs + " runs, and at most " + most
						+ " are imported by a request (buddy.web.max-imported-runs); raise that, or import the session"
						+ " in Java with WorkflowSessions.importSession");
	}

	static Problem overloaded(String detail) {
		return Problem.of(HttpStatus.SERVICE_UNAVAILABLE, "overloaded", "The server is overloaded", detail)
			.header(HttpHeaders.RETRY_AFTER, "5");
	}

	static Problem databaseUnavailable() {
		return Problem
			.of(HttpStatus.SERVICE_UNAVAILABLE, "database-unavailable", "The database is not available",
					"Send the request again later; with an Idempotency-Key it starts no second run")
			.header(HttpHeaders.RETRY_AFTER, "5");
	}

	static Problem forbiddenClient(String detail) {
		return Problem.of(HttpStatus.FORBIDDEN, "forbidden-client", "This client is not allowed", detail);
	}

	static Problem notAcceptable(String detail) {
		return Problem.of(HttpStatus.NOT_ACCEPTABLE, "not-acceptable", "No accepted media type is available", detail);
	}

	static Problem unsupportedMediaType(String detail) {
		return Problem.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body must be JSON", detail);
	}

	static Problem foreignUser() {
		return Problem.of(HttpStatus.FORBIDDEN, "foreign-user", "The request names another user",
				"Requests are made as the user who has signed in; leave the user out");
	}

	static Problem sessionBusy(String sessionId, @Nullable String detail) {
		return Problem.of(HttpStatus.CONFLICT, "session-busy", "Another run holds the session", detail)
			.with("session_id", sessionId)
			.header(HttpHeaders.RETRY_AFTER, "1");
	}

	/** The period of the budget ends at a known time, or never. */
	static Problem budgetExceeded(BudgetExceededException ex) {
		Problem problem = budgetExceeded(ex.getMessage()).with("budget", ex.budget());
		Duration left = ex.timeLeft();
		return (left != null) ? problem.header(HttpHeaders.RETRY_AFTER, String.valueOf(left.toSeconds() + 1)) : problem;
	}

	static Problem budgetExceeded(@Nullable String detail) {
		return Problem.of(HttpStatus.TOO_MANY_REQUESTS, "budget-exceeded", "A budget is used up", detail);
	}

	static Problem internal() {
		return Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, "internal-error", "The request failed", null);
	}

	/** Maps an exception that refused a request before a run began. */
	static Problem of(Throwable ex) {
		if (ex instanceof Problem.Refusal refusal) {
			return refusal.problem();
		}
		Problem problem = input(ex);
		if (problem == null) {
			problem = session(ex);
		}
		if (problem == null) {
			problem = run(ex);
		}
		if (problem == null) {
			problem = schedule(ex);
		}
		if (problem == null) {
			problem = surroundings(ex);
		}
		if (problem == null) {
			logger.error("A request failed", ex);
			problem = internal();
		}
		return problem;
	}

	/** Maps one of buddy's own exceptions; returns {@code null} for others. */
	static @Nullable Problem known(Throwable ex) {
		Problem problem = input(ex);
		if (problem == null) {
			problem = session(ex);
		}
		if (problem == null) {
			problem = run(ex);
		}
		if (problem == null && ex instanceof UserRequiredException) {
			problem = surroundings(ex);
		}
		if (problem == null && ex instanceof BudgetExceededException exceeded) {
			problem = budgetExceeded(exceeded);
		}
		if (problem == null && ex instanceof RunCancelledException cancelled) {
			problem = ofRun(cancelled.runId(), ex);
		}
		if (problem == null && ex instanceof RunNotRecordedException unrecorded) {
			problem = ofRun(unrecorded.runId(), ex);
		}
		if (problem == null && ex instanceof RunFencedException fenced) {
			problem = ofRun(fenced.runId(), ex);
		}
		return problem;
	}

	private static @Nullable Problem input(Throwable ex) {
		if (ex instanceof WorkflowNotFoundException) {
			return Problem.of(HttpStatus.NOT_FOUND, "workflow-not-found", "No such workflow", ex.getMessage());
		}
		if (ex instanceof InvalidInputException invalid) {
			Problem problem = invalidInput("input." + invalid.path(), String.valueOf(ex.getMessage()));
			problem = problem.with("errors",
					invalid.faults().stream().map((fault) -> fault("input." + fault.path(), fault.message())).toList());
			return invalid.knownFields().isEmpty() ? problem : problem.with("known_fields", invalid.knownFields());
		}
		if (ex instanceof InvalidSessionException invalid) {
			return invalidSession(invalid);
		}
		if (ex instanceof InvalidIdException) {
			return invalidParameter(String.valueOf(ex.getMessage()));
		}
		if (ex instanceof UnstorableValueException) {
			return Problem.of(HttpStatus.UNPROCESSABLE_CONTENT, "unstorable-value", "A value cannot be stored",
					ex.getMessage());
		}
		return null;
	}

	private static Map<String, String> fault(String path, String message) {
		return Map.of("path", Problem.line(path), "message", Problem.line(message));
	}

	private static @Nullable Problem run(Throwable ex) {
		if (ex instanceof RunNotFoundException run) {
			return runNotFound(run.runId());
		}
		if (ex instanceof StepsNotRecordedException) {
			return Problem.of(HttpStatus.NOT_IMPLEMENTED, "steps-not-recorded",
					"The application does not record the steps of runs", ex.getMessage());
		}
		if (ex instanceof RunVerificationTimeoutException run) {
			return Problem
				.of(HttpStatus.GATEWAY_TIMEOUT, "verification-timed-out",
						"The run was not compared with its code in time", ex.getMessage())
				.with("run_id", run.runId());
		}
		if (ex instanceof QuestionNotOpenException question) {
			return questionNotOpen(question);
		}
		if (ex instanceof InvalidAnswerException answer) {
			return invalidAnswer(answer);
		}
		return (ex instanceof RunNotResumableException run) ? notResumable(run, run.getMessage()) : null;
	}

	static Problem questionNotOpen(QuestionNotOpenException ex) {
		Problem problem = switch (ex.why()) {
			case ANSWERED ->
				Problem.of(HttpStatus.CONFLICT, "question-answered", "The question is answered", ex.getMessage());
			case EXPIRED ->
				Problem.of(HttpStatus.CONFLICT, "question-expired", "The question has expired", ex.getMessage());
			default -> Problem.of(HttpStatus.NOT_FOUND, "question-not-found", "No such question", ex.getMessage());
		};
		return problem.with("run_id", ex.runId()).with("question", Problem.line(ex.question()));
	}

	static Problem onlyForThoseWhoSeeAll(String what) {
		return Problem.of(HttpStatus.FORBIDDEN, "forbidden", "You may not do that",
				what + " for operators who see the runs of all users (buddy.web.security.operator-sees-all)");
	}

	static Problem mayNotAnswer(String runId, String question) {
		return Problem
			.of(HttpStatus.FORBIDDEN, "forbidden", "You may not do that",
					"The question is answered by the user or the role that it asks, and by operators if the application"
							+ " lets them (buddy.web.security.operator-answers-all)")
			.with("run_id", runId)
			.with("question", Problem.line(question));
	}

	private static Problem invalidAnswer(InvalidAnswerException ex) {
		Problem problem = Problem
			.of(HttpStatus.UNPROCESSABLE_CONTENT, "invalid-answer", "The answer does not match the question",
					ex.getMessage())
			.with("path", Problem.line(answerPath(ex.path())))
			.with("errors",
					ex.faults().stream().map((fault) -> fault(answerPath(fault.path()), fault.message())).toList());
		return ex.knownFields().isEmpty() ? problem : problem.with("known_fields", ex.knownFields());
	}

	/** Returns the path in the body, as for the input of a run. */
	private static String answerPath(String path) {
		return "answer" + ((path.isEmpty() || path.startsWith("[")) ? path : "." + path);
	}

	static Problem notResumable(RunNotResumableException ex, @Nullable String detail) {
		Problem problem = switch (ex.reason()) {
			case RunNotResumableException.ALIVE ->
				Problem.of(HttpStatus.CONFLICT, "run-alive", "The run is in progress", detail);
			case RunNotResumableException.ENDED ->
				Problem.of(HttpStatus.CONFLICT, "run-ended", "The run has ended", detail);
			default -> Problem.of(HttpStatus.CONFLICT, "run-not-resumable", "The run cannot be continued as it stands",
					detail);
		};
		return problem.with("run_id", ex.runId()).with("reason", ex.reason());
	}

	private static @Nullable Problem schedule(Throwable ex) {
		if (ex instanceof InvalidScheduleException invalid) {
			return Problem
				.of(HttpStatus.UNPROCESSABLE_CONTENT, "invalid-schedule", "The schedule cannot be used",
						invalid.getMessage())
				.with("path", invalid.field());
		}
		if (ex instanceof ScheduleNotFoundException schedule) {
			return scheduleNotFound(schedule.scheduleId());
		}
		if (ex instanceof ScheduleExistsException schedule) {
			return Problem.of(HttpStatus.CONFLICT, "schedule-exists", "The schedule exists", ex.getMessage())
				.with("schedule_id", schedule.scheduleId());
		}
		if (ex instanceof ScheduleDeclaredException schedule) {
			return Problem
				.of(HttpStatus.CONFLICT, "schedule-declared", "The schedule is declared by the application",
						ex.getMessage())
				.with("schedule_id", schedule.scheduleId())
				.with("source", schedule.source().name().toLowerCase(Locale.ROOT));
		}
		return null;
	}

	private static @Nullable Problem session(Throwable ex) {
		if (ex instanceof SessionBusyException busy) {
			return sessionBusy(busy.sessionId(), ex.getMessage());
		}
		if (ex instanceof SessionNotFoundException session) {
			return sessionNotFound(session.sessionId());
		}
		if (ex instanceof SessionWorkflowMismatchException mismatch) {
			return Problem
				.of(HttpStatus.CONFLICT, "session-of-another-workflow", "The session belongs to another workflow",
						ex.getMessage())
				.with("session_id", mismatch.sessionId());
		}
		if (ex instanceof SessionExistsException) {
			return Problem.of(HttpStatus.CONFLICT, "session-exists", "The session, or one of its runs, exists",
					ex.getMessage());
		}
		if (ex instanceof IdempotencyKeyUsedException) {
			return Problem.of(HttpStatus.UNPROCESSABLE_CONTENT, "idempotency-key-reused",
					"The idempotency key was used for another request",
					"Use a different key for each request, and the same key only to repeat a request");
		}
		return null;
	}

	private static @Nullable Problem surroundings(Throwable ex) {
		if (ex instanceof UserRequiredException) {
			return Problem.of(HttpStatus.FORBIDDEN, "user-required", "A user is required",
					"Sign in; buddy.session.require-user requires a user");
		}
		if (ex instanceof RejectedExecutionException) {
			return overloaded("The application's task executor rejects new tasks");
		}
		if (SECURITY && SecurityExceptions.isRefusal(ex)) {
			return Problem.of(HttpStatus.FORBIDDEN, "forbidden", "You may not do that", null);
		}
		if (ex instanceof PayloadUnreadableException) {
			logger.error("A request failed because of what is stored: {}", ex.getMessage(), ex);
			return Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, "payload-unreadable",
					"What is stored cannot be decoded", "The application's log tells which payload, and why");
		}
		if (DatabaseFailures.isTemporary(ex)) {
			logger.warn("A request failed because the database is not available: {}", Problem.line(ex.toString()));
			return databaseUnavailable();
		}
		return null;
	}

	/** Maps the exception that ended a run. */
	static Problem ofRun(String runId, @Nullable Throwable ex) {
		if (ex instanceof RunTimedOutException) {
			return timedOut(runId);
		}
		if (ex instanceof RunCancelledException) {
			return cancelled(runId);
		}
		if (ex instanceof RunNotRecordedException) {
			logger.error("Run '{}' could not be recorded", runId, ex);
			return Problem
				.of(HttpStatus.INTERNAL_SERVER_ERROR, "run-not-recorded", "The run ended, but its end was not stored",
						null)
				.with("run_id", runId);
		}
		if (ex instanceof RunFencedException) {
			return Problem
				.of(HttpStatus.INTERNAL_SERVER_ERROR, "run-fenced", "The run goes on elsewhere, or was ended there",
						"Look at the run for how it ended; a second request would begin another run")
				.with("run_id", runId);
		}
		return failed(runId);
	}

	static Problem failed(String runId) {
		return Problem
			.of(HttpStatus.INTERNAL_SERVER_ERROR, "run-failed", "The run failed", "See the run's record for details")
			.with("run_id", runId);
	}

	static Problem cancelled(String runId) {
		return Problem.of(HttpStatus.CONFLICT, "run-cancelled", "The run was cancelled", null).with("run_id", runId);
	}

	static Problem timedOut(String runId) {
		return Problem.of(HttpStatus.GATEWAY_TIMEOUT, "run-timed-out", "The run exceeded its timeout or deadline", null)
			.with("run_id", runId);
	}

	/** Loaded only where Spring Security is present. */
	private static final class SecurityExceptions {

		static boolean isRefusal(Throwable ex) {
			return ex instanceof org.springframework.security.access.AccessDeniedException;
		}

	}

}
