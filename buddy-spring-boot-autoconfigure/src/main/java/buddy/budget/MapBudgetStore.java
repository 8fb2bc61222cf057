package buddy.budget;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Keeps what is used of budgets in the memory of this process.
 */
public final class MapBudgetStore implements BudgetStore {

	private static final Comparator<StoredBudget> ORDER = Comparator
		.comparing((StoredBudget stored) -> stored.window().budget())
		.thenComparing((stored) -> stored.window().scope());

	private final Map<List<Object>, StoredBudget> stored = new HashMap<>();

	@Override
	public synchronized List<StoredBudget> find(Collection<BudgetWindow> windows) {
		return windows.stream().map((window) -> this.stored.get(key(window))).filter(Objects::nonNull).toList();
	}

	@Override
	public synchronized void add(Map<BudgetWindow, BudgetAmounts> amounts, long now) {
		amounts.forEach((window, more) -> {
			StoredBudget known = of(window);
			this.stored.put(key(window),
					new StoredBudget(window, known.used().plus(more), known.raised(), known.warned()));
		});
	}

	@Override
	public synchronized boolean warn(BudgetWindow window) {
		StoredBudget known = of(window);
		this.stored.put(key(window), new StoredBudget(window, known.used(), known.raised(), true));
		return !known.warned();
	}

	@Override
	public synchronized void raise(BudgetWindow window, BudgetAmounts amounts, long now) {
		StoredBudget known = of(window);
		this.stored.put(key(window),
				new StoredBudget(window, known.used(), known.raised().plus(amounts), known.warned()));
	}

	@Override
	public synchronized List<StoredBudget> list(Map<String, Long> periodStarts, @Nullable String scope,
			@Nullable BudgetWindow after, int limit) {
		return this.stored.values()
			.stream()
			.filter((one) -> Objects.equals(periodStarts.get(one.window().budget()), one.window().periodStart()))
			.filter((one) -> scope == null || scope.equals(one.window().scope()))
			.filter((one) -> after == null || ORDER.compare(one, StoredBudget.unused(after)) > 0)
			.sorted(ORDER)
			.limit(limit)
			.toList();
	}

	@Override
	public synchronized int deleteOver(long before, int limit) {
		List<List<Object>> over = this.stored.entrySet().stream().filter((entry) -> {
			Long end = entry.getValue().window().periodEnd();
			return end != null && end < before;
		}).map(Map.Entry::getKey).limit(limit).toList();
		over.forEach(this.stored::remove);
		return over.size();
	}

	private StoredBudget of(BudgetWindow window) {
		return this.stored.getOrDefault(key(window), StoredBudget.unused(window));
	}

	private static List<Object> key(BudgetWindow window) {
		return List.of(window.budget(), window.scope(), window.periodStart());
	}

}
