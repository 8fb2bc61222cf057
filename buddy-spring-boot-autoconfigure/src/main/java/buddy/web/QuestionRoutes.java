package buddy.web;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.durable.AnswerOutcome;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.session.Ids;
import buddy.session.WorkflowSessions;
import buddy.workflow.Question;
import buddy.workflow.QuestionNotOpenException;
import buddy.workflow.WorkflowRuns;

/**
 * The routes to list the questions of runs, and to answer them. A question is seen and
 * answered by those who may see its run, and by its assignee and the users of its role.
 */
final class QuestionRoutes {

	private static final int MAX_KEY = 512;

	private final WorkflowSessions sessions;

	private final WorkflowRuns runs;

	private final RequestBody bodies;

	private final Links links;

	private final WebSettings.Security security;

	QuestionRoutes(WorkflowSessions sessions, WorkflowRuns runs, RequestBody bodies, WebSettings settings) {
		this.sessions = sessions;
		this.runs = runs.ofEverybody();
		this.bodies = bodies;
		this.links = new Links(settings.basePath());
		this.security = settings.security();
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "status", "run_id", "workflow_id", "limit", "after");
		String workflowId = query.text("workflow_id");
		int limit = query.limit();
		Question after = after(query.text("after"));
		List<Question> found = this.runs.questions(
				new QuestionFilter(status(query.text("status")), query.text("run_id"),
						(workflowId != null) ? Ids.requireWorkflowId(workflowId) : null),
				after, limit + 1, (question) -> isVisible(request, caller, question));
		boolean more = found.size() > limit;
		List<Question> page = more ? found.subList(0, limit) : found;
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("items", page.stream().map(QuestionRoutes::view).toList());
		URI next = more ? this.links.next(request, limit, cursor(page.get(limit - 1))) : null;
		return Answer.page(json, next);
	}

	ServerResponse answer(ServerRequest request, Caller caller) {
		Query.of(request);
		String runId = Query.runId(request);
		Map<String, @Nullable Object> body = this.bodies.object(request);
		String key = Fields.of(body).only("question", "answer").text("question");
		if (key == null || key.isEmpty() || !body.containsKey("answer")) {
			String missing = (key == null || key.isEmpty()) ? "question" : "answer";
			throw Problems.invalidInput(missing, "The field '" + missing + "' is missing").refusal();
		}
		Question question = this.runs.question(runId, key)
			.filter((found) -> mayAnswer(request, caller, found))
			.orElseThrow(() -> isVisible(caller, runId)
					? Problems.questionNotOpen(new QuestionNotOpenException(runId, key, AnswerOutcome.NOT_FOUND))
						.refusal()
					: Problems.runNotFound(runId).refusal());
		return Answer.ok(answered(this.runs.answer(question.runId(), key, body.get("answer"))));
	}

	private boolean isVisible(ServerRequest request, Caller caller, Question question) {
		return isAddressed(request, caller, question) || isVisible(caller, question.runId());
	}

	private boolean isVisible(Caller caller, String runId) {
		return caller.view(this.sessions).findRun(runId).isPresent();
	}

	/** Those who only read may answer what they are asked. */
	private boolean mayAnswer(ServerRequest request, Caller caller, Question question) {
		return isAddressed(request, caller, question)
				|| isVisible(caller, question.runId()) && isOperator(request.servletRequest());
	}

	private boolean isOperator(HttpServletRequest request) {
		String role = this.security.operatorRole();
		return role.isEmpty() || request.getUserPrincipal() == null || request.isUserInRole(role);
	}

	private static boolean isAddressed(ServerRequest request, Caller caller, Question question) {
		String role = question.role();
		return (question.assignee() != null && question.assignee().equals(caller.userId()))
				|| (role != null && request.servletRequest().isUserInRole(role));
	}

	private static @Nullable QuestionStatus status(@Nullable String text) {
		if (text == null) {
			return null;
		}
		for (QuestionStatus status : QuestionStatus.values()) {
			if (status.name().equals(text.toUpperCase(Locale.ROOT))) {
				return status;
			}
		}
		throw Problems.invalidParameter("'status' must be open, answered or expired").refusal();
	}

	private @Nullable Question after(@Nullable String cursor) {
		if (cursor == null) {
			return null;
		}
		int slash = cursor.indexOf('/');
		boolean valid = slash > 0 && cursor.length() - slash <= MAX_KEY
				&& cursor.chars().noneMatch(Character::isISOControl);
		return (valid ? this.runs.question(cursor.substring(0, slash), cursor.substring(slash + 1))
				: java.util.Optional.<Question>empty())
			.orElseThrow(() -> Problems.invalidParameter("'after' must be the cursor of a previous page").refusal());
	}

	private static String cursor(Question question) {
		return question.runId() + "/" + question.question();
	}

	private static Map<String, @Nullable Object> answered(Question question) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("run_id", question.runId());
		json.put("question", question.question());
		Views.put(json, "answered_by", question.answeredBy());
		Views.put(json, "answered_at", (question.answeredAt() != null) ? question.answeredAt().getEpochSecond() : null);
		return json;
	}

	private static Map<String, @Nullable Object> view(Question question) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("run_id", question.runId());
		json.put("question", question.question());
		json.put("status", question.status().name());
		json.put("schema", question.schema());
		Views.put(json, "shown", question.shown());
		Views.put(json, "assignee", question.assignee());
		Views.put(json, "role", question.role());
		json.put("asked_at", question.askedAt().getEpochSecond());
		Views.put(json, "expires_at", (question.expiresAt() != null) ? question.expiresAt().getEpochSecond() : null);
		Views.put(json, "answer", question.answer());
		Views.put(json, "answered_by", question.answeredBy());
		Views.put(json, "answered_at", (question.answeredAt() != null) ? question.answeredAt().getEpochSecond() : null);
		return json;
	}

}
