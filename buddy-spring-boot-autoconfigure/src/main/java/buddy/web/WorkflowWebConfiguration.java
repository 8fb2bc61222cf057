package buddy.web;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;

import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.http.HttpMethod;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.budget.Budgets;
import buddy.durable.RunWaits;
import buddy.event.RunEventStreams;
import buddy.run.internal.ContextCarrier;
import buddy.session.WorkflowSessions;
import buddy.storage.RunOwners;
import buddy.storage.RunStatistics;
import buddy.storage.UserErasure;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.UserIdResolver;
import buddy.workflow.WorkflowAudit;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.WorkflowSchedules;
import buddy.workflow.internal.registry.CurrentUser;
import buddy.workflow.internal.registry.RegisteredWorkflows;

/**
 * The HTTP routes for workflows, runs and sessions.
 */
@Configuration(proxyBeanMethods = false)
public class WorkflowWebConfiguration {

	/** The bean name of Spring Security's filter. */
	private static final String SECURITY_FILTER = "springSecurityFilterChain";

	/** The bean name of the default user id resolver. */
	private static final String PRINCIPAL_RESOLVER = "principalUserIdResolver";

	private static final Logger logger = LoggerFactory.getLogger(WorkflowWebConfiguration.class);

	private static final boolean DEVTOOLS = ClassUtils.isPresent("org.springframework.boot.devtools.restart.Restarter",
			WorkflowWebConfiguration.class.getClassLoader());

	private static final boolean SECURITY = ClassUtils.isPresent(
			"org.springframework.security.concurrent.DelegatingSecurityContextRunnable",
			WorkflowWebConfiguration.class.getClassLoader());

	@Bean
	RouterFunction<ServerResponse> buddyRoutes(WorkflowRegistry registry, WorkflowSessions sessions, RunStarts starts,
			RunRoutes runs, RequestBody bodies, WebSettings settings, ListableBeanFactory beans) {
		WorkflowRuns all = beans.getBean(WorkflowRuns.class);
		ObjectProvider<WorkflowSessionRepository> store = beans.getBeanProvider(WorkflowSessionRepository.class);
		StepRoutes steps = new StepRoutes(sessions, all, (runId) -> recipe(store, runId), settings);
		ResumeRoutes resumes = new ResumeRoutes(registry, sessions, all, bodies, settings);
		QuestionRoutes questions = new QuestionRoutes(sessions, all, bodies, settings);
		AnswerRoutes answers = new AnswerRoutes(all, bodies, settings.security());
		AuditRoutes audit = new AuditRoutes(
				SingletonSupplier.ofNullable(beans.getBeanProvider(WorkflowAudit.class)::getIfAvailable), settings);
		BudgetRoutes budgets = new BudgetRoutes(
				SingletonSupplier.ofNullable(beans.getBeanProvider(Budgets.class)::getIfUnique), settings);
		UserRoutes users = new UserRoutes(
				SingletonSupplier.ofNullable(beans.getBeanProvider(UserErasure.class)::getIfUnique));
		SessionRoutes ofSessions = new SessionRoutes(sessions, registry, bodies, settings);
		ScheduleRoutes schedules = new ScheduleRoutes(
				SingletonSupplier.ofNullable(beans.getBeanProvider(WorkflowSchedules.class)::getIfUnique), bodies,
				settings);
		NodeRoutes nodes = new NodeRoutes(
				SingletonSupplier.ofNullable(beans.getBeanProvider(RunOwners.class)::getIfUnique), sessions);
		StatsRoutes stats = stats(sessions, questions, beans);
		WorkflowRoutes ofWorkflows = new WorkflowRoutes(registry);
		return new Routes(settings.basePath(), guard(settings, beans), callers(sessions, settings, beans))
			.json(HttpMethod.GET, "/caller", CallerRoutes::find)
			.json(HttpMethod.GET, "/workflows", ofWorkflows::list)
			.json(HttpMethod.GET, "/workflows/{id}", ofWorkflows::find)
			.negotiated(HttpMethod.POST, "/workflows/{id}/runs", starts::start)
			.json(HttpMethod.GET, "/runs", runs::list)
			.json(HttpMethod.GET, "/runs/{id}", runs::find)
			.events(HttpMethod.GET, "/runs/{id}/events", runs::events)
			.json(HttpMethod.POST, "/runs/{id}/cancel", runs::cancel)
			.json(HttpMethod.GET, "/runs/{id}/steps", steps::list)
			.json(HttpMethod.GET, "/runs/{id}/executions", nodes::ofRun)
			.json(HttpMethod.POST, "/runs/{id}/resume", resumes::resume)
			.json(HttpMethod.POST, "/runs/{id}/retry", resumes::retry)
			.json(HttpMethod.POST, "/runs/{id}/fork", resumes::fork)
			.json(HttpMethod.POST, "/runs/{id}/verify", resumes::verify)
			.json(HttpMethod.POST, "/workflows/{id}/verify", resumes::verifyUnfinished)
			.json(HttpMethod.GET, "/questions", questions::list)
			.json(HttpMethod.POST, "/runs/{id}/answers", questions::answer)
			.json(HttpMethod.GET, "/schedules", schedules::list)
			.json(HttpMethod.POST, "/schedules", schedules::create)
			.json(HttpMethod.GET, "/schedules/{id}", schedules::find)
			.json(HttpMethod.PATCH, "/schedules/{id}", schedules::change)
			.json(HttpMethod.DELETE, "/schedules/{id}", schedules::delete)
			.json(HttpMethod.GET, "/nodes", nodes::list)
			.json(HttpMethod.GET, "/stats", stats::show)
			.json(HttpMethod.GET, "/answers/{token}", answers::question)
			.json(HttpMethod.POST, "/answers/{token}", answers::answer)
			.json(HttpMethod.GET, "/audit", audit::list)
			.json(HttpMethod.GET, "/budgets", budgets::list)
			.json(HttpMethod.DELETE, "/users/{id}", users::erase)
			.json(HttpMethod.GET, "/sessions", ofSessions::list)
			.json(HttpMethod.POST, "/sessions", ofSessions::importSession)
			.json(HttpMethod.GET, "/sessions/{id}", ofSessions::find)
			.json(HttpMethod.PATCH, "/sessions/{id}", ofSessions::rename)
			.json(HttpMethod.DELETE, "/sessions/{id}", ofSessions::delete)
			.json(HttpMethod.GET, "/sessions/{id}/runs", runs::ofSession)
			.json(HttpMethod.GET, "/sessions/{id}/export", ofSessions::export)
			.build();
	}

	private static StatsRoutes stats(WorkflowSessions sessions, QuestionRoutes questions, ListableBeanFactory beans) {
		return new StatsRoutes(SingletonSupplier.ofNullable(beans.getBeanProvider(RunStatistics.class)::getIfUnique),
				SingletonSupplier.ofNullable(beans.getBeanProvider(RunWaits.class)::getIfUnique), questions::viewer,
				sessions.requiresUser(), beans.getBeanProvider(Clock.class).getIfUnique(Clock::systemUTC));
	}

	/** Finds how a run was called. */
	private static @Nullable String recipe(ObjectProvider<WorkflowSessionRepository> store, String runId) {
		WorkflowSessionRepository runs = store.getIfAvailable();
		return (runs != null) ? runs.findRun(runId).map((run) -> run.origin().recipe()).orElse(null) : null;
	}

	@Bean
	RequestBody buddyRequestBodies(WebSettings settings) {
		return new RequestBody(settings.limits());
	}

	@Bean
	Streams buddyEventStreams(ObjectProvider<RunEventStreams> events, WorkflowRuns runs, WebSettings settings) {
		SingletonSupplier<RunEventStreams> known = SingletonSupplier.ofNullable(events::getIfAvailable);
		return new Streams(() -> {
			RunEventStreams streams = known.get();
			return (streams != null) ? (runId, after, onDisconnect) -> new EventStreamResponse(
					streams.open(runId, after).endIfPausedFor(settings.pausedStream()), settings.heartbeat(),
					onDisconnect) : null;
		}, runs, settings);
	}

	@Bean
	RunStarts buddyRunStarts(WorkflowRegistry registry, RegisteredWorkflows workflows, WorkflowSessions sessions,
			Streams streams, RequestBody bodies, WebSettings settings, ListableBeanFactory beans) {
		SingletonSupplier<WorkflowSessionRepository> main = SingletonSupplier
			.ofNullable(beans.getBeanProvider(WorkflowSessionRepository.class)::getIfAvailable);
		Predicate<String> storedElsewhere = (
				workflowId) -> workflows.store(workflowId).filter((store) -> store != main.get()).isPresent();
		RunProblems problems = new RunProblems(beans.getBeanProvider(RunProblemMapper.class).orderedStream().toList());
		return new RunStarts(registry, sessions, streams, executor(beans), bodies, settings, storedElsewhere, problems,
				SingletonSupplier.of(() -> beans.getBean(WorkflowRuns.class)));
	}

	@Bean
	RunRoutes buddyRunRoutes(WorkflowSessions sessions, WorkflowRuns runs, Streams streams, RequestBody bodies,
			WebSettings settings) {
		return new RunRoutes(sessions, runs, streams, bodies, settings);
	}

	private static AccessGuard guard(WebSettings settings, ListableBeanFactory beans) {
		boolean secured = isSecured(beans);
		boolean allowRemote = settings.security().allowRemote();
		if (!secured && allowRemote) {
			logger.warn("buddy.web.allow-remote=true without Spring Security: everyone who can reach this port can run"
					+ " workflows and read, change and delete the data of all users");
		}
		return new AccessGuard(secured, allowRemote, settings.allowedOrigins());
	}

	static boolean isSecured(ListableBeanFactory beans) {
		return beans.containsBean(SECURITY_FILTER) && beans.isTypeMatch(SECURITY_FILTER, Filter.class);
	}

	/**
	 * Users are identified if they sign in or if the application has its own resolver.
	 */
	private static Callers callers(WorkflowSessions sessions, WebSettings settings, ListableBeanFactory beans) {
		ObjectProvider<UserIdResolver> resolvers = beans.getBeanProvider(UserIdResolver.class);
		boolean known = isSecured(beans) || resolvers.stream().findAny().isPresent() && !isPrincipalAlone(beans);
		Supplier<@Nullable String> user = new CurrentUser(resolvers.orderedStream().toList());
		return new Callers(user, known, sessions.requiresUser(), isDeveloping(settings, beans), settings.security());
	}

	/**
	 * Whether only clients on this machine are served and the application is in
	 * development.
	 */
	private static boolean isDeveloping(WebSettings settings, ListableBeanFactory beans) {
		return !isSecured(beans) && !settings.security().allowRemote()
				&& (DEVTOOLS || beans.getBean(Environment.class).acceptsProfiles(Profiles.of("local", "dev", "test")));
	}

	private static boolean isPrincipalAlone(ListableBeanFactory beans) {
		String[] names = beans.getBeanNamesForType(UserIdResolver.class);
		return names.length == 1 && names[0].equals(PRINCIPAL_RESOLVER);
	}

	/**
	 * Returns an executor whose tasks see the thread-local values of the request, such as
	 * the user and the observation.
	 */
	private static Executor executor(ListableBeanFactory beans) {
		TaskExecutor executor = beans.containsBean("applicationTaskExecutor")
				? beans.getBean("applicationTaskExecutor", TaskExecutor.class)
				: beans.getBeanProvider(TaskExecutor.class)
					.getIfUnique(() -> new SimpleAsyncTaskExecutor("buddy-web-"));
		return (task) -> executor.execute(ContextCarrier.wrap(SECURITY ? SecurityContext.wrap(task) : task));
	}

	/** Loaded only where Spring Security is present. */
	private static final class SecurityContext {

		static Runnable wrap(Runnable task) {
			return new org.springframework.security.concurrent.DelegatingSecurityContextRunnable(task);
		}

	}

}
