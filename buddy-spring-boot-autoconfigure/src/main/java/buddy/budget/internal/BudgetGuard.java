package buddy.budget.internal;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.agent.ModelCallGuard;
import buddy.agent.ModelUsage;
import buddy.budget.Budget;
import buddy.budget.BudgetAction;
import buddy.budget.BudgetAmounts;
import buddy.budget.BudgetExceededException;
import buddy.budget.BudgetListener;
import buddy.budget.BudgetRaise;
import buddy.budget.BudgetResource;
import buddy.budget.BudgetStore;
import buddy.budget.BudgetUsage;
import buddy.budget.ModelPrices;
import buddy.durable.QuestionOptions;
import buddy.durable.StepMode;
import buddy.durable.StepOptions;
import buddy.durable.StepScope;
import buddy.run.EventHeader;
import buddy.run.RunContext;
import buddy.run.RunFailure;
import buddy.run.RunKey;
import buddy.run.RunResponseEvent.BudgetWarning;
import buddy.workflow.WorkflowRunContext;

/**
 * Counts the calls of models against the budgets, and refuses those for which nothing is
 * left.
 */
public final class BudgetGuard implements ModelCallGuard {

	private static final Logger logger = LoggerFactory.getLogger(BudgetGuard.class);

	private final List<Budget> budgets;

	private final ModelPrices prices;

	private final BudgetLedger ledger;

	private final BudgetListener listener;

	private final RunTimes times;

	/** The models that were reported to have no price. */
	private final Set<String> unpriced = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the guard.
	 * @param budgets the budgets
	 * @param prices what the models cost
	 * @param store supplies where is stored what is used
	 * @param clock the clock for periods
	 * @param times how long runs have been executed
	 * @param listener is told what is used
	 */
	public BudgetGuard(List<Budget> budgets, ModelPrices prices, Supplier<BudgetStore> store, Clock clock,
			RunTimes times, BudgetListener listener) {
		this.budgets = List.copyOf(budgets);
		this.prices = prices;
		this.listener = listener;
		this.ledger = new BudgetLedger(store, clock, listener);
		this.times = times;
		times.atEnd(this::ended);
	}

	@Override
	public Permit request(@Nullable RunContext run, boolean waits) {
		List<CountedBudget> counted = CountedBudget.of(this.budgets, callers(run));
		if (counted.isEmpty()) {
			return (usage) -> {
			};
		}
		Set<String> refused = new HashSet<>();
		while (true) {
			String recorded = (run instanceof StepScope scope) ? scope.recordedNext() : null;
			String asked = (recorded != null) ? BudgetQuestion.budget(recorded) : null;
			if (recorded != null && asked == null) {
				return (usage) -> used(run, counted, List.of(), usage); // it was let pass
																		// before
			}
			if (asked != null && run instanceof WorkflowRunContext context) {
				if (!isRaised(context, asked, null)) {
					refused.add(asked);
				}
				continue;
			}
			List<BudgetUsage> known = this.ledger.read(counted);
			warn(run, known);
			BudgetUsage exceeded = exceeded(known);
			if (exceeded == null) {
				return (usage) -> used(run, counted, known, usage);
			}
			refuseOrAsk(run, exceeded, waits, refused);
		}
	}

	private static @Nullable BudgetUsage exceeded(List<BudgetUsage> known) {
		BudgetUsage found = null;
		for (BudgetUsage usage : known) {
			BudgetAction action = usage.budget().whenExceeded();
			if (action != BudgetAction.WARN && usage.exceeded() != null
					&& (found == null || action == BudgetAction.REFUSE)) {
				found = usage;
			}
		}
		return found;
	}

	/**
	 * Asks a person, or stops the run.
	 * @param refused the budgets that were not raised
	 */
	private void refuseOrAsk(@Nullable RunContext run, BudgetUsage usage, boolean waits, Set<String> refused) {
		Budget budget = usage.budget();
		BudgetResource resource = Objects.requireNonNull(usage.exceeded());
		String why = null;
		if (budget.whenExceeded() == BudgetAction.ASK) {
			if (refused.contains(budget.name())) {
				why = "it was not raised";
			}
			else if (waits && run instanceof WorkflowRunContext context && run instanceof StepScope scope
					&& scope.canWait()) {
				this.listener.exceeded(budget, resource);
				if (!isRaised(context, budget.name(), usage)) {
					refused.add(budget.name());
				}
				return;
			}
			else {
				why = "nobody can be asked, since the run cannot wait within a stream, the body of a step or a transaction";
			}
		}
		this.listener.exceeded(budget, resource);
		BudgetExceededException told = new BudgetExceededException(usage, resource, this.ledger.now(), why);
		if (run instanceof StepScope scope) {
			throw scope.park(told, RunFailure.BUDGET_EXCEEDED);
		}
		throw told;
	}

	/**
	 * Asks whether a budget is raised, or takes the answer, and raises it once.
	 * @param usage what is used, or {@code null} if the question was asked before
	 */
	private boolean isRaised(WorkflowRunContext run, String name, @Nullable BudgetUsage usage) {
		BudgetUsage now = (usage != null) ? usage : usage(run, name);
		QuestionOptions options = (now != null) ? BudgetQuestion.options(now, resource(now), this.ledger.now())
				: QuestionOptions.none();
		BudgetRaise answer = (BudgetRaise) run.awaitInput(BudgetQuestion.name(name), BudgetRaise.class, options);
		if (answer == null || !answer.approved()) {
			return false;
		}
		run.<Boolean, RuntimeException>step("raise:" + name, Boolean.class, StepOptions.of(StepMode.TRANSACTIONAL),
				() -> {
					if (now != null && (now.exceeded() != null || answer.namesAmounts())) {
						this.ledger.raise(now.stored().window(), answer.amounts(now.budget()));
					}
					return true;
				});
		logger.info("Budget '{}' was raised for run '{}'", name, run.runId());
		return true;
	}

	private static BudgetResource resource(BudgetUsage usage) {
		BudgetResource exceeded = usage.exceeded();
		return (exceeded != null) ? exceeded : usage.budget().resources().get(0);
	}

	private @Nullable BudgetUsage usage(RunContext run, String name) {
		return this.ledger
			.read(CountedBudget.of(this.budgets, callers(run))
				.stream()
				.filter((counted) -> counted.budget().name().equals(name))
				.toList())
			.stream()
			.findFirst()
			.orElse(null);
	}

	private void used(@Nullable RunContext run, List<CountedBudget> counted, List<BudgetUsage> known,
			ModelUsage usage) {
		long tokens = Math.max(usage.totalTokens(), usage.inputTokens() + usage.outputTokens());
		long cost = cost(counted, usage);
		Map<String, Long> taken = new HashMap<>();
		Map<CountedBudget, BudgetAmounts> amounts = new HashMap<>();
		for (CountedBudget one : counted) {
			RunKey timed = (one.budget().time() != null) ? one.run() : null;
			long millis = (timed != null) ? taken.computeIfAbsent(timed.runId(), (id) -> this.times.take(timed)) : 0;
			amounts.put(one, new BudgetAmounts(tokens, cost, millis));
		}
		this.ledger.add(amounts);
		List<BudgetUsage> after = new ArrayList<>();
		known.forEach((before) -> amounts.forEach((one, more) -> {
			if (one.budget().name().equals(before.budget().name()) && one.scope().equals(before.scope())) {
				after.add(before.plus(more));
			}
		}));
		warn(run, after);
	}

	private long cost(List<CountedBudget> counted, ModelUsage usage) {
		OptionalLong cost = this.prices.cost(usage.model(), usage.inputTokens(), usage.outputTokens());
		if (cost.isEmpty() && counted.stream().anyMatch((one) -> one.budget().cost() != null)
				&& this.unpriced.add(String.valueOf(usage.model()))) {
			logger.warn("Model '{}' has no price, so that its calls count as free for budgets with a cost; set"
					+ " buddy.prices[{}].input and output", usage.model(), usage.model());
		}
		return cost.orElse(0);
	}

	private void warn(@Nullable RunContext run, List<BudgetUsage> all) {
		for (BudgetUsage usage : all) {
			BudgetResource resource = usage.warning();
			if (resource == null || usage.stored().warned() || !this.ledger.warn(usage)) {
				continue;
			}
			Budget budget = usage.budget();
			logger.warn("Budget '{}'{} has used {} of {} ({}) in its period", budget.name(),
					usage.scope().isEmpty() ? "" : " of " + budget.per().text() + " '" + usage.scope() + "'",
					usage.used(resource), usage.limit(resource), resource.text());
			if (run != null) {
				run.emit(new BudgetWarning(EventHeader.NONE, budget.name(), budget.per().text(), usage.scope(),
						resource.text(), usage.used(resource), usage.limit(resource)));
			}
		}
	}

	/** Counts the time that an execution of a run has taken since the last call. */
	private void ended(List<RunKey> callers, long millis) {
		Map<CountedBudget, BudgetAmounts> amounts = new HashMap<>();
		for (CountedBudget one : CountedBudget.of(this.budgets, callers)) {
			if (one.budget().time() != null && callers.get(0).equals(one.run())) {
				amounts.put(one, new BudgetAmounts(0, 0, millis));
			}
		}
		this.ledger.add(amounts);
	}

	private static List<RunKey> callers(@Nullable RunContext run) {
		List<RunKey> callers = new ArrayList<>();
		for (RunContext one = run; one != null; one = one.parent()) {
			callers.add(one.key());
		}
		return callers;
	}

}
