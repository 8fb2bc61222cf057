package buddy.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.core.JacksonException;

import buddy.json.internal.StorableJson;
import buddy.run.RunFailure;
import buddy.run.RunResponse;
import buddy.run.WorkflowRun;
import buddy.session.IdempotencyKeyUsedException;
import buddy.session.Ids;
import buddy.session.WorkflowSessions;
import buddy.workflow.StartOptions;
import buddy.workflow.StartedRun;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowRegistry;

/**
 * The route to start runs: the client waits for the end, follows the events, or polls
 * later.
 */
final class RunStarts {

	private static final Logger logger = LoggerFactory.getLogger(RunStarts.class);

	private static final String KEY = "Idempotency-Key";

	/** The time for which the request's thread waits for a run to begin. */
	private static final Duration SOON = Duration.ofMillis(200);

	/** The server measures its own by the wall clock; the start has a limit already. */
	private static final Duration NO_TIMEOUT = Duration.ZERO;

	private final WorkflowRegistry registry;

	private final WorkflowSessions sessions;

	private final Streams streams;

	private final Executor executor;

	private final RequestBody bodies;

	private final Links links;

	private final Duration startTimeout;

	private final Predicate<String> storedElsewhere;

	private final RunProblems problems;

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
	 */
	// each is a separate bean, and nothing else needs them together
	@SuppressWarnings("checkstyle:ParameterNumber")
	RunStarts(WorkflowRegistry registry, WorkflowSessions sessions, Streams streams, Executor executor,
			RequestBody bodies, WebSettings settings, Predicate<String> storedElsewhere, RunProblems problems) {
		this.registry = registry;
		this.sessions = sessions;
		this.streams = streams;
		this.executor = executor;
		this.bodies = bodies;
		this.links = new Links(settings.basePath());
		this.startTimeout = settings.startTimeout();
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
					: await(workflow, start, key);
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
	private ServerResponse await(WorkflowDescriptor workflow, StartRequest start, @Nullable String key) {
		StartedRun run = call(workflow.workflowId(), start, StartOptions.here(), key);
		Outcome<RunResponse> ended = Outcome.of(run.response(), null);
		if (ended.value() != null) {
			return answer(ended.value());
		}
		Throwable failure = ended.requireFailure();
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
		return whenBegun(request, begin(workflowId, start, key),
				(runId) -> this.storedElsewhere.test(workflowId) ? accepted(runId, Map.of())
						: accepted(runId, Map.of(HttpHeaders.LOCATION, this.links.run(request, runId).toString())),
				(used) -> repeat(request, caller, Accept.JSON, used));
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
		return whenBegun(request, begun.whenComplete((runId, failure) -> {
			if (failure != null) {
				place.run();
			}
		}), (runId) -> opened(request, runId, place), (used) -> repeat(request, caller, Accept.EVENTS, used));
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
	 * Responds once the run has begun. If it does not begin soon, the request continues
	 * asynchronously and releases its thread.
	 */
	private ServerResponse whenBegun(ServerRequest request, CompletionStage<String> begun,
			Function<String, ServerResponse> answer, Function<IdempotencyKeyUsedException, ServerResponse> repeat) {
		Outcome<String> soon = Outcome.of(begun, SOON);
		if (!soon.timedOut()) {
			return answer(soon.value(), soon.failure(), answer, repeat);
		}
		return ServerResponse.async(begun.handle((runId, failure) -> {
			try {
				return answer(runId, (failure instanceof CompletionException) ? failure.getCause() : failure, answer,
						repeat);
			}
			catch (RuntimeException ex) {
				return Problems.of(ex).toResponse(request);
			}
		}).toCompletableFuture(), NO_TIMEOUT);
	}

	private static ServerResponse answer(@Nullable String runId, @Nullable Throwable failure,
			Function<String, ServerResponse> answer, Function<IdempotencyKeyUsedException, ServerResponse> repeat) {
		if (runId != null) {
			logger.debug("Run '{}' was started in the background", runId);
			return answer.apply(runId);
		}
		if (failure instanceof IdempotencyKeyUsedException used) {
			return repeat.apply(used);
		}
		throw Outcome.unchecked((failure != null) ? failure : new IllegalStateException("The run has no id"));
	}

	/**
	 * Executes the run on the application's executor; the result completes once the run
	 * is stored.
	 */
	private CompletionStage<String> begin(String workflowId, StartRequest start, @Nullable String key) {
		StartedRun run = call(workflowId, start, StartOptions.on(this.executor), key);
		return orElse(run.begun(),
				() -> run.withdraw()
						? CompletableFuture
							.failedStage(
									Problems
										.overloaded("The application's task executor did not start the run within "
												+ this.startTimeout + " (buddy.web.start-timeout); nothing was started")
										.refusal())
						: orElse(run.begun(),
								() -> CompletableFuture.failedStage(Problems
									.overloaded("The run could not be stored within " + this.startTimeout
											+ " (buddy.web.start-timeout), and may still begin")
									.refusal())));
	}

	private CompletionStage<String> orElse(CompletionStage<String> begun, Supplier<CompletionStage<String>> late) {
		return begun.toCompletableFuture()
			.orTimeout(this.startTimeout.toMillis(), TimeUnit.MILLISECONDS)
			.exceptionallyCompose((failure) -> (failure instanceof TimeoutException) ? late.get()
					: CompletableFuture.failedStage(failure));
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
		boolean late = failure != null && "timeout".equals(failure.reason());
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

	/**
	 * The outcome of a stage within a given time.
	 *
	 * @param value the value, or {@code null}
	 * @param failure the failure, or {@code null}
	 */
	private record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {

		static <T> Outcome<T> of(CompletionStage<T> stage, @Nullable Duration time) {
			try {
				var future = stage.toCompletableFuture();
				return new Outcome<>((time != null) ? future.get(time.toMillis(), TimeUnit.MILLISECONDS) : future.get(),
						null);
			}
			catch (ExecutionException ex) {
				return new Outcome<>(null, (ex.getCause() != null) ? ex.getCause() : ex);
			}
			catch (TimeoutException ex) {
				return new Outcome<>(null, null);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw Problems.overloaded("The application is stopping").refusal();
			}
		}

		boolean timedOut() {
			return this.value == null && this.failure == null;
		}

		Throwable requireFailure() {
			return (this.failure != null) ? this.failure : new IllegalStateException("There was no result in time");
		}

		static RuntimeException unchecked(Throwable failure) {
			return (failure instanceof RuntimeException runtime) ? runtime
					: new IllegalStateException("The call of the workflow failed before its run began", failure);
		}

	}

}
