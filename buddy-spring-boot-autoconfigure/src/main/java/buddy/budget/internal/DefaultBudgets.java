package buddy.budget.internal;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.budget.Budget;
import buddy.budget.BudgetRaise;
import buddy.budget.BudgetStore;
import buddy.budget.BudgetUsage;
import buddy.budget.BudgetWindow;
import buddy.budget.Budgets;
import buddy.budget.StoredBudget;

/**
 * The budgets of a configuration over their store.
 */
public final class DefaultBudgets implements Budgets {

	private final Map<String, Budget> budgets = new TreeMap<>();

	private final Supplier<BudgetStore> store;

	private final Clock clock;

	/**
	 * Creates the budgets.
	 * @param budgets the budgets
	 * @param store supplies where is stored what is used
	 * @param clock the clock for periods
	 */
	public DefaultBudgets(List<Budget> budgets, Supplier<BudgetStore> store, Clock clock) {
		budgets.forEach((budget) -> this.budgets.put(budget.name(), budget));
		this.store = store;
		this.clock = clock;
	}

	@Override
	public List<Budget> all() {
		return this.budgets.values().stream().sorted(Comparator.comparing(Budget::name)).toList();
	}

	@Override
	public Optional<BudgetUsage> usage(String name, String scope) {
		return Optional.ofNullable(this.budgets.get(name)).map((budget) -> usage(budget, scope));
	}

	private BudgetUsage usage(Budget budget, String scope) {
		BudgetWindow window = budget.window(scope, this.clock.instant());
		return new BudgetUsage(budget,
				this.store.get()
					.find(List.of(window))
					.stream()
					.findFirst()
					.orElseGet(() -> StoredBudget.unused(window)));
	}

	@Override
	public List<BudgetUsage> list(@Nullable String name, @Nullable String scope, @Nullable BudgetWindow after,
			int limit) {
		Instant now = this.clock.instant();
		Map<String, Long> periods = new LinkedHashMap<>();
		this.budgets.values()
			.stream()
			.filter((budget) -> name == null || name.equals(budget.name()))
			.forEach((budget) -> periods.put(budget.name(), budget.period().start(now, budget.zone())));
		return this.store.get()
			.list(periods, scope, after, limit)
			.stream()
			.map((stored) -> new BudgetUsage(Objects.requireNonNull(this.budgets.get(stored.window().budget())),
					stored))
			.toList();
	}

	@Override
	public Optional<BudgetUsage> raise(String name, String scope, BudgetRaise raise) {
		Budget budget = this.budgets.get(name);
		if (budget == null) {
			return Optional.empty();
		}
		Instant now = this.clock.instant();
		this.store.get().raise(budget.window(scope, now), raise.amounts(budget), now.toEpochMilli());
		return Optional.of(usage(budget, scope));
	}

}
