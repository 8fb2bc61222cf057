package buddy.web;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.workflow.Question;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.WorkflowRuns;

/**
 * The routes of tokens that answer a question without a login. They tell nothing of the
 * run.
 */
final class AnswerRoutes {

	private final WorkflowRuns runs;

	private final RequestBody bodies;

	private final boolean enabled;

	AnswerRoutes(WorkflowRuns runs, RequestBody bodies, WebSettings.Security security) {
		this.runs = runs.ofEverybody();
		this.bodies = bodies;
		this.enabled = security.answerTokens();
	}

	ServerResponse question(ServerRequest request, Caller caller) {
		Query.of(request);
		Question question = this.runs.questionOfToken(token(request)).orElseThrow(() -> unknown().refusal());
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("question", question.question());
		json.put("schema", question.schema());
		Views.put(json, "shown", question.shown());
		Views.put(json, "expires_at", (question.expiresAt() != null) ? question.expiresAt().getEpochSecond() : null);
		return Answer.ok(json);
	}

	ServerResponse answer(ServerRequest request, Caller caller) {
		Query.of(request);
		String token = token(request);
		Map<String, @Nullable Object> body = this.bodies.object(request);
		Fields.of(body).only("answer");
		if (!body.containsKey("answer")) {
			throw Problems.invalidInput("answer", "The field 'answer' is missing").refusal();
		}
		try {
			Question answered = this.runs.answerByToken(token, body.get("answer"))
				.orElseThrow(() -> unknown().refusal());
			Map<String, @Nullable Object> json = new LinkedHashMap<>();
			json.put("question", answered.question());
			Views.put(json, "answered_at",
					(answered.answeredAt() != null) ? answered.answeredAt().getEpochSecond() : null);
			return Answer.ok(json);
		}
		catch (RunNotResumableException ex) {
			// the message and the members of its problem tell of the run
			throw Problem.of(HttpStatus.CONFLICT, "run-not-resumable", "The run cannot be continued as it stands", null)
				.refusal();
		}
	}

	private String token(ServerRequest request) {
		if (!this.enabled) {
			throw unknown().refusal();
		}
		return request.pathVariable("token");
	}

	private static Problem unknown() {
		return Problem.of(HttpStatus.NOT_FOUND, "answer-token-void", "The token answers no question",
				"It is unknown or was used or replaced, or its question is not open any more");
	}

}
