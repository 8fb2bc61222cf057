package buddy.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import buddy.testkit.Nightly;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every store of budgets does.
 */
public abstract class BudgetStoreContract {

	private static final long DAY = 24 * 3600 * 1000L;

	private static final int THREADS = 64;

	private final BudgetStore store;

	protected BudgetStoreContract(BudgetStore store) {
		this.store = store;
	}

	protected final BudgetStore store() {
		return this.store;
	}

	protected static BudgetWindow window(String budget, String scope, long day) {
		return new BudgetWindow(budget, BudgetPer.USER, scope, day * DAY, (day + 1) * DAY);
	}

	@Test
	void whatIsUsedIsAddedInItsPeriodOnly() {
		BudgetWindow today = window("daily", "änn", 20);
		BudgetWindow tomorrow = window("daily", "änn", 21);
		BudgetWindow other = window("daily", "Änn", 20);
		BudgetWindow total = new BudgetWindow("total", BudgetPer.APPLICATION, "", 0, null);
		assertThat(this.store.find(List.of(today, total))).isEmpty();

		this.store.add(Map.of(today, new BudgetAmounts(100, 7, 1000), total, new BudgetAmounts(100, 7, 0)), 5);
		this.store.add(Map.of(today, new BudgetAmounts(1, Long.MAX_VALUE / 4, 0), total, new BudgetAmounts(2, 0, 0)),
				6);
		this.store.add(Map.of(other, new BudgetAmounts(9, 0, 0)), 6);

		assertThat(this.store.find(List.of(today, tomorrow, total))).containsExactlyInAnyOrder(new StoredBudget(today,
				new BudgetAmounts(101, 7 + Long.MAX_VALUE / 4, 1000), BudgetAmounts.NONE, false),
				new StoredBudget(total, new BudgetAmounts(102, 7, 0), BudgetAmounts.NONE, false));
	}

	@Test
	void warningIsGivenOnceInAPeriod() {
		BudgetWindow today = window("daily", "ann", 20);
		this.store.add(Map.of(today, new BudgetAmounts(100, 0, 0)), 5);

		assertThat(this.store.warn(today)).isTrue();
		assertThat(this.store.warn(today)).isFalse();

		assertThat(this.store.find(List.of(today))).singleElement()
			.satisfies((found) -> assertThat(found.warned()).isTrue());
	}

	@Test
	void raiseIsKeptApartFromWhatIsUsed() {
		BudgetWindow today = window("daily", "ann", 20);

		this.store.raise(today, new BudgetAmounts(50, 1, 2), 5);
		this.store.add(Map.of(today, new BudgetAmounts(100, 0, 0)), 6);
		this.store.raise(today, new BudgetAmounts(50, 0, 0), 7);

		assertThat(this.store.find(List.of(today))).containsExactly(
				new StoredBudget(today, new BudgetAmounts(100, 0, 0), new BudgetAmounts(100, 1, 2), false));
	}

	@Test
	void noNumberOfRaisesMakesALimitThatCannotBeStored() {
		BudgetWindow today = window("daily", "ann", 20);
		BudgetAmounts most = new BudgetRaise(true, 1_000_000_000_000_000L, BigDecimal.valueOf(1_000_000_000),
				Duration.ofDays(36_500))
			.amounts(new Budget("daily", BudgetPer.USER, Set.of(), BudgetPeriod.DAY, ZoneOffset.UTC, 1L, null, null,
					0.8, BudgetAction.ASK, null));
		for (int i = 0; i < 12; i++) {
			this.store.raise(today, most, 5);
		}

		BudgetAmounts raised = this.store.find(List.of(today)).get(0).raised();
		assertThat(raised.cost()).isBetween(BudgetAmounts.MOST, 2 * BudgetAmounts.MOST);
		assertThat(raised.tokens()).isEqualTo(12_000_000_000_000_000L);
	}

	@Test
	void pagesAreInOrderAndOfTheGivenPeriods() {
		for (String user : List.of("b", "a", "c", "B")) {
			this.store.add(Map.of(window("daily", user, 20), new BudgetAmounts(1, 0, 0)), 5);
		}
		this.store.add(Map.of(window("daily", "old", 19), new BudgetAmounts(1, 0, 0)), 5);
		BudgetWindow total = new BudgetWindow("all", BudgetPer.APPLICATION, "", 0, null);
		this.store.add(Map.of(total, new BudgetAmounts(1, 0, 0)), 5);
		Map<String, Long> now = Map.of("daily", 20 * DAY, "all", 0L);

		List<String> seen = new ArrayList<>();
		BudgetWindow after = null;
		List<StoredBudget> page = this.store.list(now, null, after, 2);
		while (!page.isEmpty()) {
			page.forEach((one) -> seen.add(one.window().budget() + "/" + one.window().scope()));
			after = page.get(page.size() - 1).window();
			page = this.store.list(now, null, after, 2);
		}

		assertThat(seen).containsExactly("all/", "daily/B", "daily/a", "daily/b", "daily/c");
		assertThat(this.store.list(now, "a", null, 10)).extracting((one) -> one.window().scope()).containsExactly("a");
		assertThat(this.store.list(Map.of(), null, null, 10)).isEmpty();
	}

	@Test
	void periodsThatAreOverAreDeleted() {
		this.store.add(Map.of(window("daily", "ann", 18), new BudgetAmounts(1, 0, 0), window("daily", "ann", 19),
				new BudgetAmounts(1, 0, 0), window("daily", "ann", 20), new BudgetAmounts(1, 0, 0)), 5);
		BudgetWindow total = new BudgetWindow("all", BudgetPer.USER, "ann", 0, null);
		this.store.add(Map.of(total, new BudgetAmounts(1, 0, 0)), 5);
		long before = Instant.ofEpochMilli(20 * DAY + 1).toEpochMilli();

		int deleted = this.store.deleteOver(before, 1) + this.store.deleteOver(before, 10)
				+ this.store.deleteOver(before, 10);

		assertThat(deleted).isEqualTo(2);
		assertThat(this.store
			.find(List.of(window("daily", "ann", 18), window("daily", "ann", 19), window("daily", "ann", 20), total)))
			.hasSize(2);
	}

	@Test
	void manyThreadsLoseNothing() throws Exception {
		int each = Nightly.size(5, 200);
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			CyclicBarrier day = new CyclicBarrier(THREADS);
			List<Future<?>> added = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				int number = i;
				added.add(threads.submit(() -> {
					for (int j = 0; j < each; j++) {
						day.await();
						List<BudgetWindow> windows = threeNew(j);
						this.store.add(Map.of(windows.get(number % 3), new BudgetAmounts(3, 1, 2),
								windows.get((number + 1) % 3), new BudgetAmounts(3, 1, 2)), j);
					}
					return null;
				}));
			}
			for (Future<?> one : added) {
				one.get();
			}
		}
		finally {
			threads.shutdown();
		}

		BudgetAmounts all = IntStream.range(0, each)
			.mapToObj((day) -> this.store.find(threeNew(day)))
			.flatMap(List::stream)
			.map(StoredBudget::used)
			.reduce(BudgetAmounts.NONE, BudgetAmounts::plus);
		assertThat(all).isEqualTo(new BudgetAmounts(6L * THREADS * each, 2L * THREADS * each, 4L * THREADS * each));
	}

	/** Rows that all threads want to insert at once. */
	private static List<BudgetWindow> threeNew(int day) {
		return List.of(window("first", "ann", day), window("second", "ann", day), window("third", "ann", day));
	}

}
