package buddy.budget.internal;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.agent.ModelUsage;
import buddy.budget.Budget;
import buddy.budget.BudgetAction;
import buddy.budget.BudgetAmounts;
import buddy.budget.BudgetExceededException;
import buddy.budget.BudgetListener;
import buddy.budget.BudgetPer;
import buddy.budget.BudgetPeriod;
import buddy.budget.BudgetRaise;
import buddy.budget.BudgetResource;
import buddy.budget.BudgetStore;
import buddy.budget.BudgetWindow;
import buddy.budget.MapBudgetStore;
import buddy.budget.ModelPrices;
import buddy.budget.StoredBudget;
import buddy.json.internal.StrictJson;
import buddy.run.RunKey;
import buddy.workflow.SettableClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is counted outside of runs, and while the store is away.
 */
@ExtendWith(OutputCaptureExtension.class)
class BudgetGuardTests {

	private final AwayStore store = new AwayStore();

	private final SettableClock clock = new SettableClock();

	private final List<String> told = new ArrayList<>();

	private final BudgetGuard guard = guard(budget("app", BudgetPer.APPLICATION, Set.of(), 100L, null));

	private BudgetGuard guard(Budget... budgets) {
		return new BudgetGuard(List.of(budgets), new ModelPrices(Map.of()), () -> this.store, this.clock,
				new RunTimes(), new BudgetListener() {

					@Override
					public void used(Budget budget, BudgetAmounts amounts) {
						BudgetGuardTests.this.told.add(budget.name() + " " + amounts.tokens());
					}

					@Override
					public void exceeded(Budget budget, BudgetResource resource) {
						BudgetGuardTests.this.told.add(budget.name() + " exceeded");
					}

				});
	}

	private static Budget budget(String name, BudgetPer per, Set<String> workflows, @Nullable Long tokens,
			@Nullable BigDecimal cost) {
		return new Budget(name, per, workflows, BudgetPeriod.NONE, ZoneOffset.UTC, tokens, cost, null, 1,
				BudgetAction.REFUSE, null);
	}

	@Test
	void callOutsideOfRunsCountsForTheApplication() {
		this.guard.request(null, true).used(new ModelUsage("m", 60, 40, 100));

		assertThatExceptionOfType(BudgetExceededException.class).isThrownBy(() -> this.guard.request(null, true))
			.withMessage("Budget 'app' of the application is used up: tokens 100 of 100 (buddy.budgets.app)");
		assertThat(this.told).containsExactly("app 100", "app exceeded");
	}

	@Test
	void callsAreMadeWhileTheStoreIsAwayAndCountedLater(CapturedOutput output) {
		this.store.away = true;
		this.guard.request(null, true).used(new ModelUsage("m", 30, 0, 30));
		this.guard.request(null, true).used(new ModelUsage("m", 30, 0, 30));
		assertThat(output).contains("budgets [app] could not be read", "budgets [app] could not be stored");

		this.store.away = false;
		this.guard.request(null, true).used(new ModelUsage("m", 40, 0, 40));

		assertThatExceptionOfType(BudgetExceededException.class).isThrownBy(() -> this.guard.request(null, true))
			.withMessageContaining("tokens 100 of 100");
	}

	@Test
	void modelWithoutAPriceIsFreeAndToldOnce(CapturedOutput output) {
		BudgetGuard money = guard(budget("money", BudgetPer.APPLICATION, Set.of(), null, BigDecimal.ONE));

		money.request(null, true).used(new ModelUsage("unknown-1", 30, 0, 30));
		money.request(null, true).used(new ModelUsage("unknown-1", 30, 0, 30));

		assertThat(output).containsOnlyOnce("Model 'unknown-1' has no price");
	}

	@Test
	void runCountsOnceForEachBudgetOfItsCallers() {
		RunKey outer = new RunKey("r1", "outer", "s1", "ann");
		RunKey inner = new RunKey("r2", "inner", "s2", "ann");
		List<Budget> budgets = List.of(budget("run", BudgetPer.RUN, Set.of(), 1L, null),
				budget("user", BudgetPer.USER, Set.of(), 1L, null),
				budget("workflow", BudgetPer.WORKFLOW, Set.of(), 1L, null),
				budget("inner", BudgetPer.RUN, Set.of("inner"), 1L, null),
				budget("other", BudgetPer.SESSION, Set.of("other"), 1L, null));

		assertThat(CountedBudget.of(budgets, List.of(inner, outer)))
			.extracting((one) -> one.budget().name() + " " + one.scope() + " " + one.run().runId())
			.containsExactly("run r1 r1", "user ann r1", "workflow inner r2", "workflow outer r1", "inner r2 r2");
		assertThat(CountedBudget.of(budgets, List.of())).isEmpty();
	}

	@Test
	void answerOfAPersonIsReadStrictly() {
		BudgetRaise raise = (BudgetRaise) StrictJson
			.convert(Map.of("approved", true, "cost", 1.5, "time", "PT1H", "tokens", 7), BudgetRaise.class);

		assertThat(raise).isEqualTo(new BudgetRaise(true, 7L, BigDecimal.valueOf(1.5), Duration.ofHours(1)));
		assertThat(raise.amounts(budget("b", BudgetPer.RUN, Set.of(), 1L, null)))
			.isEqualTo(new BudgetAmounts(7, 1_500_000_000L, 3_600_000));
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> StrictJson.convert(Map.of("approved", true, "tokens", -7), BudgetRaise.class));
	}

	/** A store that can be away. */
	private static final class AwayStore implements BudgetStore {

		private final MapBudgetStore store = new MapBudgetStore();

		private boolean away;

		private BudgetStore store() {
			if (this.away) {
				throw new IllegalStateException("away");
			}
			return this.store;
		}

		@Override
		public List<StoredBudget> find(Collection<BudgetWindow> windows) {
			return store().find(windows);
		}

		@Override
		public void add(Map<BudgetWindow, BudgetAmounts> amounts, long now) {
			store().add(amounts, now);
		}

		@Override
		public boolean warn(BudgetWindow window) {
			return store().warn(window);
		}

		@Override
		public void raise(BudgetWindow window, BudgetAmounts amounts, long now) {
			store().raise(window, amounts, now);
		}

		@Override
		public List<StoredBudget> list(Map<String, Long> periodStarts, @Nullable String scope,
				@Nullable BudgetWindow after, int limit) {
			return store().list(periodStarts, scope, after, limit);
		}

		@Override
		public int deleteOver(long before, int limit) {
			return store().deleteOver(before, limit);
		}

	}

}
