package buddy.workflow.internal.registry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.durable.QuestionFilter;
import buddy.durable.QuestionViewer;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.run.internal.RunIds;
import buddy.session.AuditEntry;
import buddy.session.Ids;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.session.UserRequiredException;
import buddy.storage.AuditLog;
import buddy.storage.AuditTrail;
import buddy.storage.RunOwners;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.Call;
import buddy.workflow.NodeRun;
import buddy.workflow.Question;
import buddy.workflow.RunHandle;
import buddy.workflow.RunNotFoundException;
import buddy.workflow.RunStep;
import buddy.workflow.RunVerification;
import buddy.workflow.StartedRun;
import buddy.workflow.StepsNotRecordedException;
import buddy.workflow.SubmitOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;

/**
 * Default implementation of {@link WorkflowRuns}: the runs of this node and, if the store
 * records the nodes of runs, of the other nodes.
 */
public final class DefaultWorkflowRuns implements WorkflowRuns {

	private final WorkflowSessionRepository repository;

	private final LiveRuns liveRuns;

	private final @Nullable RunOwners owners;

	private final Clock clock;

	private final Viewer viewer;

	private final Supplier<QuestionViewer.Owners> visible;

	private final @Nullable ContinuedRuns continued;

	private final AuditTrail audit;

	private final Trails trails;

	/**
	 * Creates the view of a user, for runs whose steps are not recorded.
	 * @param repository the store of the runs
	 * @param owners the store of the owners of runs, or {@code null}
	 * @param liveRuns the runs of this process
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param clock the clock
	 */
	public DefaultWorkflowRuns(WorkflowSessionRepository repository, @Nullable RunOwners owners, LiveRuns liveRuns,
			Supplier<@Nullable String> user, Clock clock) {
		this(repository, owners, liveRuns, user, clock, null);
	}

	/**
	 * Creates the view of a user.
	 * @param repository the store of the runs
	 * @param owners the store of the owners of runs, or {@code null}
	 * @param liveRuns the runs of this process
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param clock the clock
	 * @param continued continues runs, or {@code null} if their steps are not recorded
	 */
	public DefaultWorkflowRuns(WorkflowSessionRepository repository, @Nullable RunOwners owners, LiveRuns liveRuns,
			Supplier<@Nullable String> user, Clock clock, @Nullable ContinuedRuns continued) {
		this(repository, owners, liveRuns, clock, continued,
				new Viewer(user, true, () -> QuestionViewer.Owners.of(user.get(), true)),
				new Trails(AuditTrail.NONE, (runId) -> {
					throw new IllegalStateException("Events of runs are not stored here");
				}));
	}

	private DefaultWorkflowRuns(WorkflowSessionRepository repository, @Nullable RunOwners owners, LiveRuns liveRuns,
			Clock clock, @Nullable ContinuedRuns continued, Viewer viewer, Trails trails) {
		this.audit = trails.audit();
		this.trails = trails;
		this.continued = continued;
		this.repository = repository;
		this.owners = owners;
		this.liveRuns = liveRuns;
		this.clock = clock;
		this.viewer = viewer;
		this.visible = viewer.visible();
	}

	/**
	 * Returns a view that writes down who cancels, answers and continues runs.
	 * @param log the store of the audit, or {@code null}
	 * @return the view
	 */
	public WorkflowRuns audited(@Nullable AuditLog log) {
		return new DefaultWorkflowRuns(this.repository, this.owners, this.liveRuns, this.clock, this.continued,
				this.viewer,
				new Trails(new AuditTrail(log, new RunIds(this.clock)::next, this.clock), this.trails.events()));
	}

	/**
	 * Returns a view whose handles tell the events of runs.
	 * @param followed opens the events of a run, and waits for those to come
	 * @return the view
	 */
	public DefaultWorkflowRuns telling(Function<String, Stream<RunResponseEvent>> followed) {
		return new DefaultWorkflowRuns(this.repository, this.owners, this.liveRuns, this.clock, this.continued,
				this.viewer, new Trails(this.audit, followed));
	}

	@Override
	public WorkflowRuns requiringUser() {
		return seeing(false, () -> {
			String current = this.viewer.user().get();
			if (current == null) {
				throw new UserRequiredException("A look at the runs in progress",
						"call asUser(...), within a WorkflowScope of the user, or declare a UserIdResolver bean");
			}
			return QuestionViewer.Owners.of(current, false);
		});
	}

	@Override
	public WorkflowRuns asUser(@Nullable String userId) {
		String checked = Ids.requireUserId(userId);
		QuestionViewer.Owners mine = QuestionViewer.Owners.of(checked, this.viewer.includeUnowned() || checked == null);
		return seeing(this.viewer.includeUnowned(), () -> mine);
	}

	@Override
	public WorkflowRuns ofEverybody() {
		return seeing(true, () -> QuestionViewer.Owners.ALL);
	}

	@Override
	public boolean cancel(String runId) {
		return cancel(runId, "it was cancelled by a call of WorkflowRuns");
	}

	@Override
	public boolean cancel(String runId, String reason) {
		return new RunCancelling(this.repository, this.owners, this.liveRuns, this.clock, this.continued, this.audit)
			.cancel(runId, reason, this.viewer.user(), this.visible.get());
	}

	@Override
	public StartedRun resume(String runId) {
		ContinuedRuns continued = continued();
		StoredRun run = visible(runId);
		return audited(continued.resume(run), entry(AuditEntry.RESUME, run, Map.of()));
	}

	@Override
	public StartedRun retry(String runId) {
		ContinuedRuns continued = continued();
		StoredRun run = visible(runId);
		return audited(continued.retry(run), entry(AuditEntry.RETRY, run, Map.of()));
	}

	@Override
	public StartedRun fork(String runId, String before) {
		ContinuedRuns continued = continued();
		StoredRun run = visible(runId);
		return continued.fork(run, before, (forked) -> this.audit
			.writeAfterwards(entry(AuditEntry.FORK, run, Map.of("before", before, "new_run", forked))));
	}

	private AuditEntry entry(String action, StoredRun run, Map<String, String> detail) {
		return this.audit.ofRun(action, this.viewer.user().get(), run.key(), detail);
	}

	/** The run counts as begun once the entry is stored. */
	private StartedRun audited(StartedRun run, AuditEntry entry) {
		return this.audit.isKept() ? new AuditedRun(run, run.begun().thenApply((runId) -> {
			this.audit.writeAfterwards(entry);
			return runId;
		})) : run;
	}

	@Override
	public Question answer(String runId, String question, @Nullable Object answer) {
		RunQuestions questions = continued().requireQuestions();
		StoredRun run = visible(runId);
		AuditEntry entry = entry(AuditEntry.ANSWER, run, Map.of("question", question));
		return questions.answer(run, question, answer, entry.actor(), () -> this.audit.write(entry));
	}

	@Override
	public String answerToken(String runId, String question) {
		AnswerTokens tokens = continued().tokens();
		if (tokens == null) {
			throw new StepsNotRecordedException();
		}
		StoredRun run = visible(runId);
		String token = tokens.next();
		AuditEntry entry = entry(AuditEntry.ANSWER_TOKEN, run,
				Map.of("question", question, "token", AnswerTokens.nameOf(token)));
		tokens.store(run, question, token, () -> this.audit.write(entry));
		return token;
	}

	@Override
	public Optional<Question> questionOfToken(String token) {
		AnswerTokens tokens = (this.continued != null) ? this.continued.tokens() : null;
		return (tokens != null) ? tokens.find(token) : Optional.empty();
	}

	@Override
	public Optional<Question> answerByToken(String token, @Nullable Object answer) {
		AnswerTokens tokens = (this.continued != null) ? this.continued.tokens() : null;
		return (tokens != null)
				? tokens.answer(token, answer,
						(run, question) -> this.audit.write(this.audit.ofRun(AuditEntry.ANSWER,
								AnswerTokens.answeredBy(token), run.key(), Map.of("question", question))))
				: Optional.empty();
	}

	@Override
	public List<Question> questions(QuestionFilter filter, QuestionViewer viewer, @Nullable Question after, int limit) {
		if (limit < 1) {
			throw new IllegalArgumentException("'limit' must be 1 or more, not " + limit);
		}
		RunQuestions all = (this.continued != null) ? this.continued.questions() : null;
		return (all != null) ? all.list(filter, viewer.within(this.visible.get()), after, limit) : List.of();
	}

	@Override
	public Set<String> questionRoles(QuestionFilter filter) {
		RunQuestions all = (this.continued != null) ? this.continued.questions() : null;
		return (all != null) ? all.roles(filter) : Set.of();
	}

	@Override
	public Optional<Question> question(String runId, String question) {
		RunQuestions all = (this.continued != null) ? this.continued.questions() : null;
		return (all != null) ? this.repository.findRun(runId)
			.filter((run) -> this.visible.get().test(run.userId()))
			.flatMap((run) -> all.find(run, question)) : Optional.empty();
	}

	@Override
	public List<RunWait> waitsOf(String runId) {
		StoredRun run = visible(runId);
		RunQuestions all = (this.continued != null) ? this.continued.questions() : null;
		return (all != null && run.status() == RunStatus.PAUSED) ? all.waitsOf(runId) : List.of();
	}

	@Override
	public RunVerification verify(String runId) {
		return continued().verifications().verify(visible(runId));
	}

	@Override
	public RunVerification verify(String runId, Duration limit) {
		return continued().verifications().verify(visible(runId), requirePositive(limit));
	}

	@Override
	public Page<RunVerification> verifyUnfinished(String workflowId, RunPage page) {
		return verifyWithin(null, workflowId, page);
	}

	@Override
	public Page<RunVerification> verifyUnfinished(String workflowId, RunPage page, Duration limit) {
		return verifyWithin(requirePositive(limit), workflowId, page);
	}

	private Page<RunVerification> verifyWithin(@Nullable Duration limit, String workflowId, RunPage page) {
		return continued().verifyUnfinished(workflowId, page, (run) -> this.visible.get().test(run.userId()), limit);
	}

	private static Duration requirePositive(Duration limit) {
		if (limit.isNegative() || limit.isZero()) {
			throw new IllegalArgumentException("'limit' must be positive, not " + limit);
		}
		return limit;
	}

	@Override
	public boolean isResumable(String runId) {
		LiveRun live = this.liveRuns.find(runId);
		if (live != null && this.visible.get().test(live.run().userId())) {
			return false; // saves those who poll it two queries
		}
		return this.continued != null && this.continued.isResumable(visible(runId));
	}

	@Override
	public List<RunStep> steps(String runId, @Nullable String after, int limit) {
		if (limit < 1) {
			throw new IllegalArgumentException("'limit' must be 1 or more, not " + limit);
		}
		return continued().steps(visible(runId), after, limit);
	}

	@Override
	public <W extends Workflow> RunHandle submit(W workflow, Call<? super W> call, SubmitOptions options) {
		return mine(requireQueued(workflow.workflowId()).submit(workflow, call, options));
	}

	@Override
	public RunHandle submit(String workflowId, Map<String, ? extends @Nullable Object> input, SubmitOptions options) {
		return mine(requireQueued(workflowId).submit(workflowId, input, options));
	}

	@Override
	public boolean isQueueable(String workflowId) {
		QueuedRuns queued = queued();
		return queued != null && queued.isQueueable(workflowId);
	}

	@Override
	public RunHandle handle(String runId) {
		return new DefaultRunHandle(runId, this, this::visible, this.trails.events());
	}

	/** Whoever has queued a run may use its handle, also if the run is another user's. */
	private RunHandle mine(String runId) {
		return ofEverybody().handle(runId);
	}

	private @Nullable QueuedRuns queued() {
		return (this.continued != null) ? this.continued.queued() : null;
	}

	private QueuedRuns requireQueued(String workflowId) {
		QueuedRuns queued = queued();
		if (queued == null) {
			throw new IllegalStateException("A run of workflow '" + workflowId
					+ "' cannot be queued: that needs a database (spring-boot-starter-data-jpa) and db-scheduler"
					+ " (com.github.kagkarlsson:db-scheduler) on the class path, which buddy-spring-boot-starter brings");
		}
		return queued;
	}

	private ContinuedRuns continued() {
		if (this.continued == null) {
			throw new StepsNotRecordedException();
		}
		return this.continued;
	}

	private StoredRun visible(String runId) {
		return this.repository.findRun(runId)
			.filter((run) -> this.visible.get().test(run.userId()))
			.orElseThrow(() -> new RunNotFoundException(runId));
	}

	@Override
	public Optional<UnfinishedRun> findUnfinished(String runId) {
		return (this.owners != null)
				? this.owners.findUnfinished(runId).filter((run) -> this.visible.get().test(run.userId()))
				: Optional.empty();
	}

	@Override
	public Page<UnfinishedRun> unfinished(RunPage page) {
		if (this.owners == null) {
			return new Page<>(List.of(), null);
		}
		QuestionViewer.Owners mine = this.visible.get();
		List<UnfinishedRun> seen = new ArrayList<>();
		RunPage next = page;
		boolean more = true;
		while (more && seen.size() <= page.limit()) {
			List<UnfinishedRun> found = this.owners.unfinished(next);
			found.stream().filter((run) -> mine.test(run.userId())).forEach(seen::add);
			more = found.size() == next.limit();
			next = more ? next.after(found.get(found.size() - 1).cursor()) : next;
		}
		boolean cut = seen.size() > page.limit();
		List<UnfinishedRun> items = cut ? seen.subList(0, page.limit()) : seen;
		return new Page<>(items, cut ? items.get(items.size() - 1).cursor() : null);
	}

	@Override
	public List<NodeRun> ofThisNode() {
		QuestionViewer.Owners mine = this.visible.get();
		return this.liveRuns.all()
			.stream()
			.map(DefaultWorkflowRuns::nodeRun)
			.filter((run) -> mine.test(run.userId()))
			.sorted(Comparator.comparing(NodeRun::createdAt).thenComparing(NodeRun::runId))
			.toList();
	}

	@Override
	public @Nullable String nodeId() {
		return this.liveRuns.nodeId();
	}

	private WorkflowRuns seeing(boolean includeUnowned, Supplier<QuestionViewer.Owners> others) {
		return new DefaultWorkflowRuns(this.repository, this.owners, this.liveRuns, this.clock, this.continued,
				new Viewer(this.viewer.user(), includeUnowned, others), this.trails);
	}

	private static NodeRun nodeRun(LiveRun live) {
		return new NodeRun(live.run().runId(), live.run().workflowId(), live.run().sessionId(), live.run().userId(),
				live.run().parentRunId(), live.waiting() ? RunStatus.PENDING : RunStatus.RUNNING, live.run().input(),
				Instant.ofEpochMilli(live.run().createdAt()), live.cancellation().reason());
	}

	/**
	 * A run that begins once the audit has its entry.
	 */
	private record AuditedRun(StartedRun run, CompletionStage<String> begun) implements StartedRun {

		@Override
		public CompletionStage<RunResponse> response() {
			return this.run.response();
		}

		@Override
		public boolean withdraw() {
			return this.run.withdraw();
		}

	}

	/**
	 * Whose view it is.
	 *
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param includeUnowned whether runs without a user are visible to every user
	 * @param visible supplies whether the view has the runs of a user
	 */
	private record Viewer(Supplier<@Nullable String> user, boolean includeUnowned,
			Supplier<QuestionViewer.Owners> visible) {
	}

	/** What is written down of runs: who did what to them, and their events. */
	private record Trails(AuditTrail audit, Function<String, Stream<RunResponseEvent>> events) {
	}

}
