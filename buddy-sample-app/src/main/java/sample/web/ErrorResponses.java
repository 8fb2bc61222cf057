package sample.web;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

import buddy.json.UnstorableValueException;
import buddy.run.RunCancelledException;
import buddy.session.InvalidIdException;
import buddy.session.SessionBusyException;
import buddy.session.SessionNotFoundException;
import buddy.session.SessionWorkflowMismatchException;

/**
 * Answers what buddy refuses, and what fails, with problem details (RFC 9457).
 */
@RestControllerAdvice
class ErrorResponses extends ResponseEntityExceptionHandler {

	@ExceptionHandler({ InvalidIdException.class, UnstorableValueException.class })
	ProblemDetail badRequest(IllegalArgumentException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, ex.getMessage());
	}

	@ExceptionHandler
	ProblemDetail notFound(SessionNotFoundException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, ex.getMessage());
	}

	@ExceptionHandler
	ProblemDetail conflict(SessionWorkflowMismatchException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, ex.getMessage());
		problem.setProperty("owning_workflow_id", ex.owningWorkflowId());
		return problem;
	}

	@ExceptionHandler({ SessionBusyException.class, RunCancelledException.class })
	ProblemDetail conflict(RuntimeException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, ex.getMessage());
	}

	/** What the exception says is for the log: it may name hosts, tables and keys. */
	@ExceptionHandler
	ProblemDetail failed(Exception ex) {
		logger.error("A request failed", ex);
		return ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR,
				"The run failed. If it had begun, its session shows it with the status ERROR.");
	}

}
