package buddy.web;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.run.WorkflowRun;
import buddy.session.Ids;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.WorkflowSessions;
import buddy.workflow.RunVerification;
import buddy.workflow.StartedRun;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;

/**
 * The routes to continue runs, to repeat parts of them, and to compare them with the code
 * that is running.
 */
final class ResumeRoutes {

	private final WorkflowRegistry registry;

	private final WorkflowSessions sessions;

	private final WorkflowRuns runs;

	private final RequestBody bodies;

	private final Links links;

	private final Duration startTimeout;

	private final Duration verifyTimeout;

	ResumeRoutes(WorkflowRegistry registry, WorkflowSessions sessions, WorkflowRuns runs, RequestBody bodies,
			WebSettings settings) {
		this.registry = registry;
		this.sessions = sessions;
		this.runs = runs;
		this.bodies = bodies;
		this.links = new Links(settings.basePath());
		this.startTimeout = settings.startTimeout();
		this.verifyTimeout = settings.verifyTimeout();
	}

	ServerResponse resume(ServerRequest request, Caller caller) {
		return withoutFields(request, caller, (run) -> this.runs.ofEverybody().resume(run.runId()));
	}

	ServerResponse retry(ServerRequest request, Caller caller) {
		return withoutFields(request, caller, (run) -> this.runs.ofEverybody().retry(run.runId()));
	}

	ServerResponse fork(ServerRequest request, Caller caller) {
		Query.of(request);
		String before = Fields.of(this.bodies.object(request)).only("before").text("before");
		if (before == null || before.isEmpty()) {
			throw Problems
				.invalidInput("before", "The field 'before' is missing: the key of the first step to execute again")
				.refusal();
		}
		WorkflowRun run = RunRoutes.require(request, caller, this.sessions);
		if (this.registry.findPublished(run.workflowId()).isEmpty()) {
			throw this.registry.find(run.workflowId()).isPresent()
					? Problems.workflowNotPublished(run.workflowId()).refusal()
					: Problems.workflowNotFound(run.workflowId()).refusal();
		}
		return taken(request, this.runs.ofEverybody().fork(run.runId(), before));
	}

	private ServerResponse withoutFields(ServerRequest request, Caller caller, Function<WorkflowRun, StartedRun> call) {
		Query.of(request);
		Fields.of(this.bodies.objectIfAny(request)).only();
		return taken(request, call.apply(RunRoutes.require(request, caller, this.sessions)));
	}

	/** Responds once no other node can take the run any more. */
	private ServerResponse taken(ServerRequest request, StartedRun run) {
		return BegunRun.answer(request,
				BegunRun.within(this.startTimeout, run.begun(),
						() -> CompletableFuture.failedStage(Problems.overloaded("The run did not begin within "
								+ this.startTimeout + " (buddy.web.start-timeout), and may still do so")
							.refusal())),
				(runId) -> accepted(request, runId), (failure) -> {
					throw Outcome.unchecked(failure);
				});
	}

	private ServerResponse accepted(ServerRequest request, String runId) {
		return Answer.json(HttpStatus.ACCEPTED, MediaType.APPLICATION_JSON, Map.of("run_id", runId),
				Map.of(HttpHeaders.LOCATION, this.links.run(request, runId).toString()));
	}

	/** Refuses the request if too many runs are compared with their code already. */
	private static <T> T unlessBusy(Supplier<T> comparison) {
		try {
			return comparison.get();
		}
		catch (RejectedExecutionException ex) {
			throw Problems.overloaded(String.valueOf(ex.getMessage())).refusal();
		}
	}

	ServerResponse verify(ServerRequest request, Caller caller) {
		Query.of(request);
		Fields.of(this.bodies.objectIfAny(request)).only();
		WorkflowRun run = RunRoutes.require(request, caller, this.sessions);
		return Answer.ok(StepViews
			.verification(unlessBusy(() -> this.runs.ofEverybody().verify(run.runId(), this.verifyTimeout))));
	}

	ServerResponse verifyUnfinished(ServerRequest request, Caller caller) {
		RunPage page = Query.of(request, "limit", "after").page();
		Fields.of(this.bodies.objectIfAny(request)).only();
		String workflowId = Ids.requireWorkflowId(request.pathVariable("id"));
		if (this.registry.find(workflowId).isEmpty()) {
			throw Problems.workflowNotFound(workflowId).refusal();
		}
		Page<RunVerification> found = unlessBusy(
				() -> caller.view(this.runs).verifyUnfinished(workflowId, page, this.verifyTimeout));
		List<Map<String, @Nullable Object>> items = found.items().stream().map(StepViews::verification).toList();
		RunPage.Cursor next = found.next();
		return Answer.page(items, (next != null) ? this.links.next(request, page.limit(), next) : null);
	}

}
