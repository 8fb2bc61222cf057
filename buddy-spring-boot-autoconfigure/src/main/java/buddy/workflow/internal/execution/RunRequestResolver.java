package buddy.workflow.internal.execution;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Digests;
import buddy.run.PayloadFilter;
import buddy.run.Payloads;
import buddy.run.RunContext;
import buddy.session.Ids;
import buddy.session.UserRequiredException;
import buddy.storage.StoredRun;
import buddy.workflow.RunOptions;
import buddy.workflow.SessionIdResolver;
import buddy.workflow.SizeLimits;
import buddy.workflow.UserIdResolver;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor.InputParameter.Kind;
import buddy.workflow.WorkflowInternals;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;
import buddy.workflow.internal.definition.RunMethod;
import buddy.workflow.internal.definition.WorkflowDefinition;
import buddy.workflow.internal.live.ContinuedRun;
import buddy.workflow.internal.live.RequestedSession;
import buddy.workflow.internal.live.RunRecipe;
import buddy.workflow.internal.live.RunRequest;
import buddy.workflow.internal.live.StartHandle;

/**
 * Determines the user and the session of a run, in the order described in the guide.
 */
public final class RunRequestResolver {

	private final List<SessionIdResolver> sessionIdResolvers;

	private final List<UserIdResolver> userIdResolvers;

	private final RunOptions defaults;

	private final boolean requireUser;

	private final SizeLimits limits;

	private final List<PayloadFilter> filters;

	public RunRequestResolver(List<SessionIdResolver> sessionIdResolvers, List<UserIdResolver> userIdResolvers,
			RunOptions defaults, boolean requireUser, SizeLimits limits, List<PayloadFilter> filters) {
		this.filters = List.copyOf(filters);
		this.sessionIdResolvers = List.copyOf(sessionIdResolvers);
		this.userIdResolvers = List.copyOf(userIdResolvers);
		this.defaults = defaults;
		this.requireUser = requireUser;
		this.limits = limits;
	}

	public RunRequest resolve(Workflow workflow, RunMethod method, @Nullable Object[] arguments,
			@Nullable RunContext parent) {
		WorkflowScope scope = WorkflowScope.current();
		WorkflowSettings settings = WorkflowInternals.settings(workflow);
		String named = (scope.sessionId() != null) ? scope.sessionId() : method.id(Kind.SESSION_ID, arguments);
		String session = (named != null) ? named : sessionId(workflow, parent);
		String user = userId(workflow, scope, method.id(Kind.USER_ID, arguments), parent);
		if (this.requireUser && user == null) {
			throw new UserRequiredException("A run of workflow '" + workflow.workflowId() + "'",
					"sign in (Spring Security's principal is the user), open a WorkflowScope with a user, pass one "
							+ "in a parameter marked @UserId, declare a UserIdResolver bean that knows one, or set "
							+ "buddy.workflows." + workflow.workflowId()
							+ ".user-id; or let runs have no user by buddy.session.require-user=false");
		}
		String name = (scope.sessionName() != null) ? scope.sessionName() : settings.sessionName();
		String sessionId = Ids.requireSessionId(session);
		String userId = Ids.requireUserId(user);
		RequestedSession requested = new RequestedSession(sessionId, named == null && parent != null, name,
				this.limits.requireState(scope.sessionState()));
		return new RunRequest(workflow, settings, requested, userId, parent,
				this.limits.requireInput(workflow.workflowId(), method.inputJson(workflow.workflowId(), arguments)),
				this.defaults.overriddenBy(settings.options()).overriddenBy(scope.options()), scope.options(),
				this.limits, StartHandle.taken(scope, workflow.workflowId()), payloads(workflow.workflowId(), settings),
				null, null);
	}

	/** Resolves the call that continues a run: it has the session and user of the run. */
	public RunRequest continued(Workflow workflow, ContinuedRun continued, StartHandle ticket) {
		StoredRun run = continued.run();
		RunRecipe recipe = RunRecipe.of(run);
		RunOptions own = recipe.options();
		WorkflowSettings settings = WorkflowInternals.settings(workflow);
		return new RunRequest(workflow, settings,
				new RequestedSession(run.sessionId(), false, null,
						(recipe.queued() != null) ? recipe.queued().state() : Map.of()),
				run.userId(), null, String.valueOf(run.input()),
				this.defaults.overriddenBy(settings.options()).overriddenBy(own), own, this.limits, ticket,
				payloads(workflow.workflowId(), settings), null, continued);
	}

	private Payloads payloads(String workflowId, WorkflowSettings settings) {
		PayloadFilter own = settings.payloadFilter();
		if (own == null && this.filters.isEmpty()) {
			return Payloads.UNFILTERED;
		}
		return new Payloads(workflowId, Stream.concat(this.filters.stream(), Stream.ofNullable(own)).toList());
	}

	private String sessionId(Workflow workflow, @Nullable RunContext parent) {
		if (parent != null) {
			return childSession(parent.sessionId(), workflow.workflowId());
		}
		String resolved = firstOf(this.sessionIdResolvers,
				(resolver) -> resolver.resolve(WorkflowDefinition.of(workflow).descriptor()));
		if (resolved != null) {
			return resolved;
		}
		String set = WorkflowInternals.settings(workflow).sessionId();
		return (set != null) ? set : UUID.randomUUID().toString();
	}

	private @Nullable String userId(Workflow workflow, WorkflowScope scope, @Nullable String parameter,
			@Nullable RunContext parent) {
		String named = (scope.userId() != null) ? scope.userId() : parameter;
		if (parent != null && parent.userId() != null) {
			if (named != null && !named.equals(parent.userId())) {
				throw new IllegalStateException("Workflow '" + workflow.workflowId() + "' was called for another user "
						+ "than the run '" + parent.runId()
						+ "' that calls it; a run inside a run always has its user, so leave the user out");
			}
			return parent.userId();
		}
		if (named != null || parent != null) {
			return named;
		}
		String resolved = firstOf(this.userIdResolvers,
				(resolver) -> resolver.resolve(WorkflowDefinition.of(workflow).descriptor()));
		return (resolved != null) ? resolved : WorkflowInternals.settings(workflow).userId();
	}

	private static <R> @Nullable String firstOf(List<R> resolvers, Function<R, @Nullable String> resolve) {
		return resolvers.stream().map(resolve).filter(Objects::nonNull).findFirst().orElse(null);
	}

	static String childSession(String parentSession, String workflowId) {
		String whole = parentSession + ":" + workflowId;
		return (whole.length() <= Ids.MAX_SESSION_ID) ? whole : hashed(whole, whole);
	}

	/**
	 * Returns an alternative session for a nested run whose derived session belongs to
	 * another user or workflow. It is always the same one for the same session, workflow,
	 * user and attempt.
	 * @param request the call whose session was refused
	 * @param attempt the number of sessions that were refused before, from 1
	 */
	static String otherChildSession(RunRequest request, int attempt) {
		String user = (request.userId() != null) ? "of " + request.userId() : "of nobody";
		String workflow = request.workflow().workflowId();
		return hashed(request.sessionId(), String.join("\n", request.sessionId(), workflow, user, "" + attempt));
	}

	private static String hashed(String session, String text) {
		String hash = Digests.of(text);
		int most = Ids.MAX_SESSION_ID - hash.length() - 1;
		return session.substring(0, Math.min(session.length(), most)) + ":" + hash;
	}

}
