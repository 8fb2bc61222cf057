package buddy.workflow.internal.registry;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.StorableJson;
import buddy.run.RunStatus;
import buddy.session.Ids;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;
import buddy.session.UserRequiredException;
import buddy.storage.RunOwners;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.NodeRun;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;

/**
 * Default implementation of {@link WorkflowRuns}: the runs of this node and, if the store
 * records the nodes of runs, of the other nodes.
 */
public final class DefaultWorkflowRuns implements WorkflowRuns {

	private static final int MAX_REASON = 255;

	private final WorkflowSessionRepository repository;

	private final LiveRuns liveRuns;

	private final @Nullable RunOwners owners;

	private final Clock clock;

	private final Supplier<@Nullable String> user;

	/** Whether runs without a user are visible to every user. */
	private final boolean includeUnowned;

	private final Supplier<Predicate<@Nullable String>> visible;

	/**
	 * Creates the view of a user.
	 * @param repository the store of the runs
	 * @param owners the store of the owners of runs, or {@code null}
	 * @param liveRuns the runs of this process
	 * @param user supplies the current user's id, or {@code null} for no user
	 * @param clock the clock
	 */
	public DefaultWorkflowRuns(WorkflowSessionRepository repository, @Nullable RunOwners owners, LiveRuns liveRuns,
			Supplier<@Nullable String> user, Clock clock) {
		this(repository, owners, liveRuns, clock, user, true, () -> of(user.get()));
	}

	private DefaultWorkflowRuns(WorkflowSessionRepository repository, @Nullable RunOwners owners, LiveRuns liveRuns,
			Clock clock, Supplier<@Nullable String> user, boolean includeUnowned,
			Supplier<Predicate<@Nullable String>> visible) {
		this.user = user;
		this.includeUnowned = includeUnowned;
		this.repository = repository;
		this.owners = owners;
		this.liveRuns = liveRuns;
		this.clock = clock;
		this.visible = visible;
	}

	@Override
	public WorkflowRuns requiringUser() {
		return seeing(false, () -> {
			String current = this.user.get();
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
		Predicate<@Nullable String> mine = (this.includeUnowned || checked == null) ? of(checked) : checked::equals;
		return seeing(this.includeUnowned, () -> mine);
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
		if (live != null) {
			return this.visible.get().test(live.run().userId())
					&& (this.liveRuns.cancel(live, kept) || live.cancellation().cancelled());
		}
		Optional<StoredRun> run = this.repository.findRun(runId)
			.filter((stored) -> !stored.status().isTerminal() && this.visible.get().test(stored.userId()));
		return run.isPresent() && cancelElsewhere(run.get(), kept);
	}

	private boolean cancelElsewhere(StoredRun run, String reason) {
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
		return new DefaultWorkflowRuns(this.repository, this.owners, this.liveRuns, this.clock, this.user,
				includeUnowned, others);
	}

	private static Predicate<@Nullable String> of(@Nullable String user) {
		return (owner) -> owner == null || owner.equals(user);
	}

	private static NodeRun nodeRun(LiveRun live) {
		return new NodeRun(live.run().runId(), live.run().workflowId(), live.run().sessionId(), live.run().userId(),
				live.run().parentRunId(), live.waiting() ? RunStatus.PENDING : RunStatus.RUNNING, live.run().input(),
				Instant.ofEpochMilli(live.run().createdAt()), live.cancellation().reason());
	}

}
