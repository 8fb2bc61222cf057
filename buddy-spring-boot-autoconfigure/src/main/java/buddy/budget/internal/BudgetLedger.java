package buddy.budget.internal;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.budget.BudgetAmounts;
import buddy.budget.BudgetListener;
import buddy.budget.BudgetStore;
import buddy.budget.BudgetUsage;
import buddy.budget.BudgetWindow;
import buddy.budget.StoredBudget;

/**
 * Reads and adds what is used. While the store is away, models are called all the same,
 * and what they use is added later.
 */
final class BudgetLedger {

	private static final Logger logger = LoggerFactory.getLogger(BudgetLedger.class);

	private final Supplier<BudgetStore> store;

	private final Clock clock;

	private final BudgetListener listener;

	/** What could not be stored. */
	private final Map<BudgetWindow, BudgetAmounts> owed = new ConcurrentHashMap<>();

	BudgetLedger(Supplier<BudgetStore> store, Clock clock, BudgetListener listener) {
		this.store = store;
		this.clock = clock;
		this.listener = listener;
	}

	/** Reads how much of some budgets is used now. */
	List<BudgetUsage> read(List<CountedBudget> budgets) {
		Instant now = this.clock.instant();
		Map<BudgetWindow, CountedBudget> windows = new LinkedHashMap<>();
		budgets.forEach((counted) -> windows.put(counted.budget().window(counted.scope(), now), counted));
		List<StoredBudget> found;
		try {
			found = this.store.get().find(windows.keySet());
		}
		catch (RuntimeException ex) {
			logger.warn("What is used of the budgets {} could not be read, so that they refuse nothing for now: {}",
					names(budgets), ex.toString());
			return List.of();
		}
		return windows.entrySet()
			.stream()
			.map((entry) -> new BudgetUsage(entry.getValue().budget(),
					found.stream()
						.filter((stored) -> isSame(stored.window(), entry.getKey()))
						.findFirst()
						.orElseGet(() -> StoredBudget.unused(entry.getKey()))))
			.toList();
	}

	/** The end of a period may have been another one in an earlier configuration. */
	private static boolean isSame(BudgetWindow one, BudgetWindow other) {
		return one.budget().equals(other.budget()) && one.scope().equals(other.scope())
				&& one.periodStart() == other.periodStart();
	}

	/** Adds what was used. */
	void add(Map<CountedBudget, BudgetAmounts> amounts) {
		Instant now = this.clock.instant();
		Map<BudgetWindow, BudgetAmounts> all = new HashMap<>();
		amounts.forEach((counted, more) -> {
			if (!more.isNone()) {
				all.merge(counted.budget().window(counted.scope(), now), more, BudgetAmounts::plus);
				this.listener.used(counted.budget(), more);
			}
		});
		if (all.isEmpty()) {
			return;
		}
		for (BudgetWindow window : List.copyOf(this.owed.keySet())) {
			BudgetAmounts late = this.owed.remove(window);
			if (late != null) {
				all.merge(window, late, BudgetAmounts::plus);
			}
		}
		try {
			this.store.get().add(all, now.toEpochMilli());
		}
		catch (RuntimeException ex) {
			all.forEach((window, more) -> this.owed.merge(window, more, BudgetAmounts::plus));
			logger.warn("What was used of the budgets {} could not be stored, and is added later: {}",
					names(List.copyOf(amounts.keySet())), ex.toString());
		}
	}

	/** Notes a warning, and returns whether it is the first one. */
	boolean warn(BudgetUsage usage) {
		try {
			return this.store.get().warn(usage.stored().window());
		}
		catch (RuntimeException ex) {
			logger.warn("The warning of budget '{}' could not be stored, and is given later: {}", usage.budget().name(),
					ex.toString());
			return false;
		}
	}

	void raise(BudgetWindow window, BudgetAmounts amounts) {
		this.store.get().raise(window, amounts, this.clock.instant().toEpochMilli());
	}

	Instant now() {
		return this.clock.instant();
	}

	private static List<String> names(List<CountedBudget> budgets) {
		return budgets.stream().map((counted) -> counted.budget().name()).distinct().sorted().toList();
	}

}
