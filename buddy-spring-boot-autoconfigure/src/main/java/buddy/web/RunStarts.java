package buddy.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.core.JacksonException;

import buddy.json.internal.StorableJson;
import buddy.run.Cancellation;
import buddy.run.RunFailure;
import buddy.run.RunHandedOverException;
import buddy.run.RunResponse;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.run.WorkflowRun;
import buddy.session.IdempotencyKeyUsedException;
import buddy.session.Ids;
import buddy.session.WorkflowSessions;
import buddy.workflow.StartOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.SubmitOptions;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;

/**
 * The route to start runs: the client waits for the end, follows the events, or polls
 * later.
 */
final class RunStarts {

	private static final String KEY = "Idempotency-Key";

	private final WorkflowRegistry registry;

	private final WorkflowSessions sessions;

	private final Streams streams;

	private final Executor executor;

	private final RequestBody bodies;

	private final Links links;

	private final Duration startTimeout;

	private final boolean queueRuns;

	private final Predicate<String> storedElsewhere;

	private final RunProblems problems;

	private final Supplier<WorkflowRuns> runs;

	/**
	 * Creates the route.
	 * @param registry the workflows
	 * @param sessions finds earlier runs
	 * @param streams the event streams
	 * @param executor executes runs in the background
	 * @param bodies reads the request bodies
	 * @param settings the settings
	 * @param storedElsewhere whether a workflow has its own storage, which the routes do
	 * not read
	 * @param problems maps failures of runs to problem details
	 * @param runs tells what paused runs wait for
	 */
	// each is a separate bean, and nothing else needs them together
	@SuppressWarnings("checkstyle:ParameterNumber")
	RunStarts(WorkflowRegistry registry, WorkflowSessions sessions, Streams streams, Executor executor,
			RequestBody bodies, WebSettings settings, Predicate<String> storedElsewhere, RunProblems problems,
			Supplier<WorkflowRuns> runs) {
		this.runs = runs;
		this.registry = registry;
		this.sessions = sessions;
		this.streams = streams;
		this.executor = executor;
		this.bodies = bodies;
		this.links = new Links(settings.basePath());
		this.startTimeout = settings.startTimeout();
		this.queueRuns = settings.queueRuns();
		this.storedElsewhere = storedElsewhere;
		this.problems = problems;
	}

	ServerResponse start(ServerRequest request, Caller caller) {
		Query.of(request);
		String workflowId = Ids.requireWorkflowId(request.pathVariable("id"));
		WorkflowDescriptor workflow = this.registry.findPublished(workflowId)
			.orElseThrow(() -> notFound(workflowId).refusal());
		Accept accept = Accept.of(request, Accept.JSON, Accept.EVENTS);
		if (accept == Accept.EVENTS && this.storedElsewhere.test(workflowId)) {
			throw Problems
				.notAcceptable("The workflow '" + workflowId
						+ "' has its own storage, which keeps no events; request application/json")
				.refusal();
		}
		String key = idempotencyKey(request);
		StartRequest start = StartRequest.of(this.bodies.objectIfAny(request), workflow, caller);
		try {
			if (accept == Accept.EVENTS) {
				return follow(request, caller, workflowId, start, key);
			}
			return prefersAsync(request) ? background(request, caller, workflowId, start, key)
					: await(request, workflow, start, key);
		}
		catch (IdempotencyKeyUsedException ex) {
			return repeat(request, caller, accept, ex);
		}
	}

	private Problem notFound(String workflowId) {
		return this.registry.find(workflowId).isPresent() ? Problems.workflowNotPublished(workflowId)
				: Problems.workflowNotFound(workflowId);
	}

	/** Executes the run on the request's thread while the client waits. */
	private ServerResponse await(ServerRequest request, WorkflowDescriptor workflow, StartRequest start,
			@Nullable String key) {
		StartedRun run = call(workflow.workflowId(), start, StartOptions.here(), key);
		Outcome<RunResponse> ended = Outcome.of(run.response(), null);
		RunResponse response = ended.value();
		if (response != null && response.isPaused()) {
			return waits(request, String.valueOf(response.runId()), String.valueOf(response.sessionId()),
					workflow.workflowId(), response.waitsFor());
		}
		if (response != null) {
			return answer(response);
		}
		Throwable failure = ended.requireFailure();
		if (failure instanceof RunHandedOverException handedOver) {
			return goesOn(request, handedOver.runId());
		}
		Outcome<String> begun = Outcome.of(run.begun(), Duration.ZERO);
		if (begun.value() == null) {
			throw Outcome.unchecked(failure);
		}
		throw this.problems.of(begun.value(), workflow, failure).refusal();
	}

	/** Leaves out content that cannot be written as JSON, as in the run's record. */
	private static ServerResponse answer(RunResponse response) {
		try {
			return Answer.ok(response.toMap());
		}
		catch (JacksonException | StackOverflowError ex) {
			Map<String, @Nullable Object> json = response.toBuilder()
				.content(null)
				.contentType(response.contentType())
				.build()
				.toMap();
			json.put("content_note", "omitted: it has no JSON form (" + StorableJson.summary(ex) + ")");
			return Answer.ok(json);
		}
	}

	private ServerResponse background(ServerRequest request, Caller caller, String workflowId, StartRequest start,
			@Nullable String key) {
		WorkflowRuns queue = this.runs.get();
		if (this.queueRuns && queue.isQueueable(workflowId)) {
			return queued(request, workflowId, start, key, queue);
		}
		return BegunRun.answer(request, begin(workflowId, start, key),
				(runId) -> this.storedElsewhere.test(workflowId) ? accepted(runId, Map.of())
						: accepted(runId, Map.of(HttpHeaders.LOCATION, this.links.run(request, runId).toString())),
				(failure) -> refused(request, caller, Accept.JSON, failure));
	}

	/** Once it is stored, the run is executed by whichever node is free. */
	private ServerResponse queued(ServerRequest request, String workflowId, StartRequest start, @Nullable String key,
			WorkflowRuns queue) {
		SubmitOptions options = (key != null) ? SubmitOptions.none().idempotent(key, start.text())
				: SubmitOptions.none();
		String runId = start.scope().call(() -> queue.submit(workflowId, start.input(), options)).runId();
		return accepted(runId, Map.of(HttpHeaders.LOCATION, this.links.run(request, runId).toString()));
	}

	private ServerResponse refused(ServerRequest request, Caller caller, Accept accept, Throwable failure) {
		if (failure instanceof IdempotencyKeyUsedException used) {
			return repeat(request, caller, accept, used);
		}
		throw Outcome.unchecked(failure);
	}

	/** The run waits for a person or a time, and the client finds it there. */
	private ServerResponse waits(ServerRequest request, String runId, String sessionId, String workflowId,
			List<RunWait> waitsFor) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("run_id", runId);
		json.put("session_id", sessionId);
		json.put("workflow_id", workflowId);
		json.put("status", RunStatus.PAUSED.name());
		json.put("waits_for", waitsFor.stream().map(RunWait::toMap).toList());
		return Answer.json(HttpStatus.ACCEPTED, MediaType.APPLICATION_JSON, json,
				Map.of(HttpHeaders.LOCATION, this.links.run(request, runId).toString()));
	}

	/** The client waited, and finds the run where it goes on. */
	private ServerResponse goesOn(ServerRequest request, String runId) {
		return Answer.json(HttpStatus.ACCEPTED, MediaType.APPLICATION_JSON, Map.of("run_id", runId),
				Map.of(HttpHeaders.LOCATION, this.links.run(request, runId).toString()));
	}

	private static ServerResponse accepted(String runId, Map<String, String> location) {
		Map<String, String> headers = new LinkedHashMap<>(location);
		headers.put("Preference-Applied", "respond-async");
		return Answer.json(HttpStatus.ACCEPTED, MediaType.APPLICATION_JSON, Map.of("run_id", runId), headers);
	}

	private ServerResponse follow(ServerRequest request, Caller caller, String workflowId, StartRequest start,
			@Nullable String key) {
		Runnable place = this.streams.take(caller);
		CompletionStage<String> begun;
		try {
			begun = begin(workflowId, start, key);
		}
		catch (RuntimeException ex) {
			place.run();
			throw ex;
		}
		return BegunRun.answer(request, begun.whenComplete((runId, failure) -> {
			if (failure != null) {
				place.run();
			}
		}), (runId) -> opened(request, runId, place), (failure) -> refused(request, caller, Accept.EVENTS, failure));
	}

	private ServerResponse opened(ServerRequest request, String runId, Runnable place) {
		boolean open = false;
		try {
			ServerResponse stream = this.streams.ofStarted(runId, this.links.run(request, runId), place);
			open = true;
			return stream;
		}
		finally {
			if (!open) {
				place.run();
			}
		}
	}

	/**
	 * Executes the run on the application's executor; the result completes once the run
	 * is stored.
	 */
	private CompletionStage<String> begin(String workflowId, StartRequest start, @Nullable String key) {
		StartedRun run = call(workflowId, start, StartOptions.on(this.executor), key);
		return within(run.begun(),
				() -> run.withdraw()
						? CompletableFuture
							.failedStage(
									Problems
										.overloaded("The application's task executor did not start the run within "
												+ this.startTimeout + " (buddy.web.start-timeout); nothing was started")
										.refusal())
						: within(run.begun(),
								() -> CompletableFuture.failedStage(Problems
									.overloaded("The run could not be stored within " + this.startTimeout
											+ " (buddy.web.start-timeout), and may still begin")
									.refusal())));
	}

	private CompletionStage<String> within(CompletionStage<String> begun, Supplier<CompletionStage<String>> late) {
		return BegunRun.within(this.startTimeout, begun, late);
	}

	private StartedRun call(String workflowId, StartRequest start, StartOptions options, @Nullable String key) {
		StartOptions all = (key != null) ? options.idempotent(key, start.text()) : options;
		return start.scope().call(() -> this.registry.start(workflowId, start.input(), all));
	}

	/** Responds to a repeated request with the run of the first one. */
	private ServerResponse repeat(ServerRequest request, Caller caller, Accept accept, IdempotencyKeyUsedException ex) {
		if (!ex.sameRequest()) {
			throw ex;
		}
		WorkflowRun run = caller.view(this.sessions)
			.findRun(ex.runId())
			.orElseThrow(() -> Problems.runNotFound(ex.runId()).refusal());
		if (accept == Accept.EVENTS) {
			return this.streams.open(caller, run.runId(), this.links.run(request, run.runId()), null);
		}
		return switch (run.status()) {
			case COMPLETED -> Answer.ok(Views.response(run));
			case ERROR -> throw failed(run).refusal();
			case CANCELLED -> throw cancelled(run).refusal();
			case PAUSED -> waits(request, run.runId(), run.sessionId(), run.workflowId(),
					this.runs.get().ofEverybody().waitsOf(run.runId()));
			default ->
				accepted(run.runId(), Map.of(HttpHeaders.LOCATION, this.links.run(request, run.runId()).toString()));
		};
	}

	private Problem failed(WorkflowRun run) {
		RunFailure failure = run.failure();
		return (failure != null && RunFailure.SESSION_BUSY.equals(failure.reason()))
				? Problems.sessionBusy(run.sessionId(), failure.message()).with("run_id", run.runId())
				: this.problems.of(run);
	}

	private static Problem cancelled(WorkflowRun run) {
		RunFailure failure = run.failure();
		String reason = (failure != null) ? failure.reason() : null;
		boolean late = Cancellation.TIMEOUT.equals(reason) || Cancellation.DEADLINE.equals(reason);
		return late ? Problems.timedOut(run.runId()) : Problems.cancelled(run.runId());
	}

	private static boolean prefersAsync(ServerRequest request) {
		return request.headers()
			.header("Prefer")
			.stream()
			.flatMap((value) -> java.util.Arrays.stream(value.split(",")))
			.anyMatch((preference) -> preference.split(";", 2)[0].strip().equalsIgnoreCase("respond-async"));
	}

	private static @Nullable String idempotencyKey(ServerRequest request) {
		var keys = request.headers().header(KEY);
		if (keys.isEmpty()) {
			return null;
		}
		if (keys.size() > 1 || !keys.get(0).matches("[\\x21-\\x7E]{1,255}")) {
			throw Problems.invalidParameter("The header " + KEY + " must be one of 1 to 255 visible ASCII characters")
				.refusal();
		}
		return keys.get(0);
	}

}
