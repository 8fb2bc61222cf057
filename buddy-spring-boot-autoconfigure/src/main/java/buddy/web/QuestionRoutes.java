package buddy.web;

import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.durable.AnswerOutcome;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.durable.QuestionViewer;
import buddy.durable.QuestionViewer.Owners;
import buddy.json.internal.StorableJson;
import buddy.session.Ids;
import buddy.session.UserRequiredException;
import buddy.session.WorkflowSessions;
import buddy.workflow.Question;
import buddy.workflow.QuestionNotOpenException;
import buddy.workflow.RunNotResumableException;
import buddy.workflow.WorkflowRuns;

/**
 * The routes to list the questions of runs, and to answer them. A question is seen by
 * those who may see its run, by its assignee and by the users of its role. It is answered
 * by the latter two and by operators who may see the run.
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
		QuestionFilter filter = new QuestionFilter(status(query.text("status")), query.runId("run_id"),
				(workflowId != null) ? Ids.requireWorkflowId(workflowId) : null);
		int limit = query.limit();
		Person person = new Person(request.servletRequest(), caller);
		Question after = after(query.text("after"), person);
		List<Question> found = this.runs.questions(filter, person.viewer(filter), after, limit + 1);
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
		Person person = new Person(request.servletRequest(), caller);
		Question question = find(runId, key).filter(person::sees).orElse(null);
		if (question == null) {
			throw (person.seesRun(runId)
					? Problems.questionNotOpen(new QuestionNotOpenException(runId, key, AnswerOutcome.NOT_FOUND))
					: Problems.runNotFound(runId))
				.refusal();
		}
		if (!person.mayAnswer(question)) {
			throw Problems.mayNotAnswer(runId, key).refusal();
		}
		try {
			return Answer.ok(answered(this.runs.answer(runId, key, body.get("answer"))));
		}
		catch (RunNotResumableException ex) {
			// its message tells of the steps of the run
			throw Problems.notResumable(ex, person.seesRun(runId) ? ex.getMessage() : null).refusal();
		}
	}

	/** Returns which open questions the caller sees. */
	QuestionViewer viewer(ServerRequest request, Caller caller) {
		return new Person(request.servletRequest(), caller).viewer(new QuestionFilter(QuestionStatus.OPEN, null, null));
	}

	private Optional<Question> find(String runId, String key) {
		boolean possible = key.length() <= MAX_KEY && key.chars().noneMatch(Character::isISOControl)
				&& StorableJson.sanitizeText(key).equals(key);
		return possible ? this.runs.question(runId, key) : Optional.empty();
	}

	private static @Nullable QuestionStatus status(@Nullable String text) {
		if (text == null) {
			return null;
		}
		return Arrays.stream(QuestionStatus.values())
			.filter((status) -> status.name().equals(text.toUpperCase(Locale.ROOT)))
			.findFirst()
			.orElseThrow(() -> Problems
				.invalidParameter("'status' must be one of " + Arrays.toString(QuestionStatus.values()))
				.refusal());
	}

	private @Nullable Question after(@Nullable String cursor, Person person) {
		if (cursor == null) {
			return null;
		}
		int slash = cursor.indexOf('/');
		return ((slash > 0) ? find(Query.requireRunId(cursor.substring(0, slash)), cursor.substring(slash + 1))
				: Optional.<Question>empty())
			.filter(person::sees)
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
		if (question.answeredAt() != null) {
			json.put("answer", question.answer()); // which may be null
		}
		Views.put(json, "answered_by", question.answeredBy());
		Views.put(json, "answered_at", (question.answeredAt() != null) ? question.answeredAt().getEpochSecond() : null);
		return json;
	}

	/**
	 * Who asks. What was found of runs is kept for the request.
	 */
	private final class Person {

		private final HttpServletRequest request;

		private final Caller caller;

		private final Map<String, Boolean> seen = new HashMap<>();

		Person(HttpServletRequest request, Caller caller) {
			this.request = request;
			this.caller = caller;
		}

		/** Sees what {@link #sees} tells of each question. */
		QuestionViewer viewer(QuestionFilter filter) {
			if (isReader() && this.caller.everybody()) {
				return QuestionViewer.EVERYBODY;
			}
			Set<String> roles = QuestionRoutes.this.runs.questionRoles(filter)
				.stream()
				.filter(this.request::isUserInRole)
				.collect(Collectors.toSet());
			return new QuestionViewer(Owners.ALL, isReader() ? owners() : Owners.NONE, this.caller.userId(), roles);
		}

		private Owners owners() {
			boolean requiresUser = QuestionRoutes.this.sessions.requiresUser();
			if (requiresUser && this.caller.userId() == null) {
				throw new UserRequiredException("A look at the questions of runs", "sign in");
			}
			return Owners.of(this.caller.userId(), !requiresUser);
		}

		boolean sees(Question question) {
			return isAsked(question) || seesRun(question.runId());
		}

		/** Those who only read may answer what they are asked. */
		boolean mayAnswer(Question question) {
			return isAsked(question) || (isOperator() && (isAskedOfNobody(question)
					|| QuestionRoutes.this.security.operatorAnswersAll() || this.request.getUserPrincipal() == null));
		}

		private static boolean isAskedOfNobody(Question question) {
			return question.assignee() == null && question.role() == null;
		}

		boolean seesRun(String runId) {
			// the filter chain lets everybody come here, who may be asked
			return isReader() && this.seen.computeIfAbsent(runId,
					(id) -> this.caller.view(QuestionRoutes.this.sessions).findRun(id).isPresent());
		}

		private boolean isReader() {
			String role = QuestionRoutes.this.security.viewerRole();
			return isOperator() || role.isEmpty() || this.request.isUserInRole(role);
		}

		/** Without Spring Security everybody is. */
		private boolean isOperator() {
			String role = QuestionRoutes.this.security.operatorRole();
			return role.isEmpty() || this.request.getUserPrincipal() == null || this.request.isUserInRole(role);
		}

		private boolean isAsked(Question question) {
			String role = question.role();
			return (question.assignee() != null && question.assignee().equals(this.caller.userId()))
					|| (role != null && this.request.isUserInRole(role));
		}

	}

}
