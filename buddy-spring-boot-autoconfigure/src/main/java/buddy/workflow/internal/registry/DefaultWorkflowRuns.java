package buddy.workflow.internal.registry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.durable.QuestionFilter;
import buddy.json.internal.StorableJson;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.session.Ids;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.session.UserRequiredException;
import buddy.storage.RunOwners;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.NodeRun;
import buddy.workflow.Question;
import buddy.workflow.RunNotFoundException;
import buddy.workflow.RunStep;
import buddy.workflow.RunVerification;
import buddy.workflow.StartedRun;
import buddy.workflow.StepsNotRecordedException;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;

/**
 * Default implementation of {@link WorkflowRuns}: the runs of this node and, if the store
 * records the nodes of runs, of the other nodes.
 */
public final class DefaultWorkflowRuns implements WorkflowRuns {

	private static final int MAX_REASON = 255;

	/** How often a run is read again that pauses or goes on while it is cancelled. */
	private static final int MAX_CANCELS = 5;

	private final WorkflowSessionRepository repository;

	private final LiveRuns liveRuns;

	private final @Nullable RunOwners owners;

	private final Clock clock;

	private final Viewer viewer;

	private final Supplier<Predicate<@Nullable String>> visible;

	private final @Nullable ContinuedRuns continued;

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
		this(repository, owners, liveRuns, clock, continued, new Viewer(user, true, () -> of(user.get())));
	}

	private DefaultWorkflowRuns(WorkflowSessionRepository repository, @Nullable RunOwners owners, LiveRuns liveRuns,
			Clock clock, @Nullable ContinuedRuns continued, Viewer viewer) {
		this.continued = continued;
		this.repository = repository;
		this.owners = owners;
		this.liveRuns = liveRuns;
		this.clock = clock;
		this.viewer = viewer;
		this.visible = viewer.visible();
	}

	@Override
	public WorkflowRuns requiringUser() {
		return seeing(false, () -> {
			String current = this.viewer.user().get();
			if (current == null) {
				throw new UserRequiredException("A look at the runs in progress",
						"call asUser(...), within a WorkflowScope of the user, or declare a UserIdResolver bean");
			}
			return current::equals;
		});
	}

	@Override
	public WorkflowRuns asUser(@Nullable String userId) {
		String checked = Ids.requireUserId(userId);
		Predicate<@Nullable String> mine = (this.viewer.includeUnowned() || checked == null) ? of(checked)
				: checked::equals;
		return seeing(this.viewer.includeUnowned(), () -> mine);
	}

	@Override
	public WorkflowRuns ofEverybody() {
		return seeing(true, () -> (owner) -> true);
	}

	@Override
	public boolean cancel(String runId) {
		return cancel(runId, "it was cancelled by a call of WorkflowRuns");
	}

	@Override
	public boolean cancel(String runId, String reason) {
		String line = reason.replaceAll("\\p{Cc}", " ");
		String kept = StorableJson.sanitizeText(line.substring(0, Math.min(line.length(), MAX_REASON)));
		LiveRun live = this.liveRuns.find(runId);
		if (live != null && live.isPausing()) {
			this.liveRuns.awaitOver(live);
			live = null;
		}
		if (live != null) {
			return this.visible.get().test(live.run().userId())
					&& (this.liveRuns.cancel(live, kept) || live.cancellation().cancelled());
		}
		Optional<StoredRun> run = this.repository.findRun(runId)
			.filter((stored) -> !stored.status().isTerminal() && this.visible.get().test(stored.userId()));
		return run.isPresent() && cancelElsewhere(run.get(), kept);
	}

	/** While a run is read, it may pause, or go on. */
	private boolean cancelElsewhere(StoredRun run, String reason) {
		StoredRun seen = run;
		for (int attempt = 1; attempt <= MAX_CANCELS; attempt++) {
			if (seen.status() == RunStatus.PAUSED && this.continued != null) {
				if (this.continued.cancelPaused(seen, reason)) {
					return true;
				}
			}
			else if (!requestCancel(seen, reason)) {
				return false;
			}
			LiveRun live = this.liveRuns.find(run.runId());
			if (live != null && !live.isPausing()) {
				return this.liveRuns.cancel(live, reason) || live.cancellation().cancelled();
			}
			StoredRun now = this.repository.findRun(run.runId()).orElse(null);
			if (now == null || now.status().isTerminal()
					|| now.epoch() == seen.epoch() && now.status() != RunStatus.PAUSED) {
				return seen.status() != RunStatus.PAUSED;
			}
			seen = now;
		}
		return false;
	}

	private boolean requestCancel(StoredRun run, String reason) {
		if (this.owners == null) {
			throw new IllegalStateException("Run '" + run.runId() + "' of workflow '" + run.workflowId()
					+ "' is not one of this process, and the store of sessions and runs has no RunOwners beside it to tell"
					+ " its owner; cancel it in the process that runs it");
		}
		if (!this.owners.requestCancel(run.runId(), reason)) {
			return false;
		}
		if (!this.owners.endOrphan(run.runId(), LiveRuns.cancelled(reason, this.clock.millis()))) {
			this.liveRuns.endUnknown(run.runId(), reason);
		}
		return true;
	}

	@Override
	public StartedRun resume(String runId) {
		return continued().resume(visible(runId));
	}

	@Override
	public StartedRun retry(String runId) {
		return continued().retry(visible(runId));
	}

	@Override
	public StartedRun fork(String runId, String before) {
		return continued().fork(visible(runId), before);
	}

	@Override
	public Question answer(String runId, String question, @Nullable Object answer) {
		return continued().requireQuestions().answer(visible(runId), question, answer, this.viewer.user().get());
	}

	@Override
	public List<Question> questions(QuestionFilter filter, @Nullable Question after, int limit,
			Predicate<Question> among) {
		if (limit < 1) {
			throw new IllegalArgumentException("'limit' must be 1 or more, not " + limit);
		}
		RunQuestions all = (this.continued != null) ? this.continued.questions() : null;
		return (all != null) ? all.list(filter, after, limit, (run) -> this.visible.get().test(run.userId()), among)
				: List.of();
	}

	@Override
	public Optional<Question> question(String runId, String question) {
		RunQuestions all = (this.continued != null) ? this.continued.questions() : null;
		return (all != null) ? this.repository.findRun(runId)
			.filter((run) -> this.visible.get().test(run.userId()))
			.flatMap((run) -> all.find(runId, question)) : Optional.empty();
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
		Predicate<@Nullable String> mine = this.visible.get();
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
		Predicate<@Nullable String> mine = this.visible.get();
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

	private WorkflowRuns seeing(boolean includeUnowned, Supplier<Predicate<@Nullable String>> others) {
		return new DefaultWorkflowRuns(this.repository, this.owners, this.liveRuns, this.clock, this.continued,
				new Viewer(this.viewer.user(), includeUnowned, others));
	}

	private static Predicate<@Nullable String> of(@Nullable String user) {
		return (owner) -> owner == null || owner.equals(user);
	}

	private static NodeRun nodeRun(LiveRun live) {
		return new NodeRun(live.run().runId(), live.run().workflowId(), live.run().sessionId(), live.run().userId(),
				live.run().parentRunId(), live.waiting() ? RunStatus.PENDING : RunStatus.RUNNING, live.run().input(),
				Instant.ofEpochMilli(live.run().createdAt()), live.cancellation().reason());
	}

	/**
	 * Whose view it is.
	 *
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param includeUnowned whether runs without a user are visible to every user
	 * @param visible supplies whether the view has the runs of a user
	 */
	private record Viewer(Supplier<@Nullable String> user, boolean includeUnowned,
			Supplier<Predicate<@Nullable String>> visible) {
	}

}
