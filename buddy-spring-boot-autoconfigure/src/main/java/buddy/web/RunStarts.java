package buddy.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.core.JacksonException;

import buddy.json.StorableJson;
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
 * Starts runs: the client waits for the end, follows the events, or comes back later.
 */
final class RunStarts {

	private static final Logger logger = LoggerFactory.getLogger(RunStarts.class);

	private static final String KEY = "Idempotency-Key";

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
	 * Starts runs.
	 * @param registry the workflows
	 * @param sessions where earlier runs are found
	 * @param streams the event streams
	 * @param executor runs what nobody waits for
	 * @param settings how the routes behave
	 * @param storedElsewhere whether a workflow's runs are in a store of its own, where
	 * the routes do not look
	 * @param problems what a run's failure is to the client
	 */
	RunStarts(WorkflowRegistry registry, WorkflowSessions sessions, Streams streams, Executor executor,
			WebSettings settings, Predicate<String> storedElsewhere, RunProblems problems) {
		this.registry = registry;
		this.sessions = sessions;
		this.streams = streams;
		this.executor = executor;
		this.bodies = new RequestBody(settings.limits().requestSize());
		this.links = new Links(settings.basePath());
		this.startTimeout = settings.startTimeout();
		this.storedElsewhere = storedElsewhere;
		this.problems = problems;
	}

	ServerResponse start(ServerRequest request, Caller caller) {
		Query.of(request);
		String workflowId = Ids.requireWorkflowId(request.pathVariable("id"));
		WorkflowDescriptor workflow = this.registry.find(workflowId)
			.orElseThrow(() -> Problems.workflowNotFound(workflowId).refusal());
		Accept accept = Accept.of(request, Accept.JSON, Accept.EVENTS);
		if (accept == Accept.EVENTS && this.storedElsewhere.test(workflowId)) {
			throw Problems
				.notAcceptable("The workflow '" + workflowId
						+ "' has a storage of its own, where no events are kept; ask for application/json")
				.refusal();
		}
		String key = idempotencyKey(request);
		StartRequest start = StartRequest.of(this.bodies.object(request), workflow, caller);
		try {
			if (accept == Accept.EVENTS) {
				return follow(request, caller, workflowId, start, key);
			}
			return prefersAsync(request) ? background(request, workflowId, start, key) : await(workflowId, start, key);
		}
		catch (IdempotencyKeyUsedException ex) {
			return repeat(request, caller, accept, ex);
		}
	}

	/** Runs on this thread, which the client waits for. */
	private ServerResponse await(String workflowId, StartRequest start, @Nullable String key) {
		StartedRun run = call(workflowId, start, StartOptions.here(), key);
		Outcome<RunResponse> ended = Outcome.of(run.response(), null);
		if (ended.value() != null) {
			return answer(ended.value());
		}
		Throwable failure = ended.requireFailure();
		Outcome<String> begun = Outcome.of(run.begun(), Duration.ZERO);
		if (begun.value() == null) {
			throw Outcome.unchecked(failure);
		}
		throw this.problems.of(begun.value(), workflowId, failure).refusal();
	}

	/** What has no JSON form is left out, as in the run's record. */
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

	private ServerResponse background(ServerRequest request, String workflowId, StartRequest start,
			@Nullable String key) {
		String runId = begin(workflowId, start, key);
		return this.storedElsewhere.test(workflowId) ? accepted(runId, Map.of())
				: accepted(runId, Map.of(HttpHeaders.LOCATION, this.links.run(request, runId).toString()));
	}

	private static ServerResponse accepted(String runId, Map<String, String> location) {
		Map<String, String> headers = new LinkedHashMap<>(location);
		headers.put("Preference-Applied", "respond-async");
		return Answer.json(HttpStatus.ACCEPTED, MediaType.APPLICATION_JSON, Map.of("run_id", runId), headers);
	}

	private ServerResponse follow(ServerRequest request, Caller caller, String workflowId, StartRequest start,
			@Nullable String key) {
		Runnable place = this.streams.take(caller);
		boolean open = false;
		try {
			String runId = begin(workflowId, start, key);
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

	/** Runs on the application's executor; returns once the run is stored. */
	private String begin(String workflowId, StartRequest start, @Nullable String key) {
		StartedRun run = call(workflowId, start, StartOptions.on(this.executor), key);
		Outcome<String> begun = Outcome.of(run.begun(), this.startTimeout);
		if (begun.timedOut() && run.withdraw()) {
			throw Problems
				.overloaded("The application's task executor did not come to it within " + this.startTimeout
						+ " (buddy.web.start-timeout); nothing was started")
				.refusal();
		}
		if (begun.timedOut()) {
			begun = Outcome.of(run.begun(), this.startTimeout);
		}
		if (begun.timedOut()) {
			throw Problems
				.overloaded("The run could not be stored within " + this.startTimeout
						+ " (buddy.web.start-timeout), and may still begin")
				.refusal();
		}
		if (begun.value() == null) {
			throw Outcome.unchecked(begun.requireFailure());
		}
		logger.debug("Run '{}' of workflow '{}' was started in the background", begun.value(), workflowId);
		return begun.value();
	}

	private StartedRun call(String workflowId, StartRequest start, StartOptions options, @Nullable String key) {
		StartOptions all = (key != null) ? options.idempotent(key, start.text()) : options;
		return start.scope().call(() -> this.registry.start(workflowId, start.input(), all));
	}

	/** The same request came before: its run answers. */
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
			case ERROR -> throw this.problems.of(run).refusal();
			case CANCELLED -> throw cancelled(run).refusal();
			default ->
				accepted(run.runId(), Map.of(HttpHeaders.LOCATION, this.links.run(request, run.runId()).toString()));
		};
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
			.anyMatch((preference) -> preference.split(";")[0].strip().equalsIgnoreCase("respond-async"));
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
	 * What became of something in the time that it was given.
	 *
	 * @param value what it gave, or {@code null}
	 * @param failure why it failed, or {@code null}
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
			return (this.failure != null) ? this.failure : new IllegalStateException("It gave nothing in its time");
		}

		static RuntimeException unchecked(Throwable failure) {
			return (failure instanceof RuntimeException runtime) ? runtime
					: new IllegalStateException("The call of the workflow failed before its run began", failure);
		}

	}

}
