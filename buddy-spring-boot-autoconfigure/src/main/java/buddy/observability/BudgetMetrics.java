package buddy.observability;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import buddy.budget.Budget;
import buddy.budget.BudgetAmounts;
import buddy.budget.BudgetListener;
import buddy.budget.BudgetResource;

/**
 * Counts what this process uses of each budget, and how often one was used up.
 */
final class BudgetMetrics implements BudgetListener {

	private static final String NAME = "buddy.budget.name";

	private static final double BILLION = 1e9;

	private final MeterProvider<Counter> tokens;

	private final MeterProvider<Counter> cost;

	private final MeterProvider<Counter> time;

	private final MeterProvider<Counter> exceeded;

	BudgetMetrics(MeterRegistry registry) {
		this.tokens = Counter.builder("buddy.budget.tokens")
			.description("Tokens used of a budget")
			.withRegistry(registry);
		this.cost = Counter.builder("buddy.budget.cost")
			.description("Money used of a budget, by the prices of the models")
			.withRegistry(registry);
		this.time = Counter.builder("buddy.budget.time")
			.description("Time of runs that a budget limits")
			.baseUnit("seconds")
			.withRegistry(registry);
		this.exceeded = Counter.builder("buddy.budget.exceeded")
			.description(
					"Calls of models that were refused, or for which a person was asked, since a budget was used up")
			.withRegistry(registry);
	}

	@Override
	public void used(Budget budget, BudgetAmounts amounts) {
		count(this.tokens, budget, amounts.tokens());
		count(this.cost, budget, amounts.cost() / BILLION);
		count(this.time, budget, amounts.time() / 1000.0);
	}

	private static void count(MeterProvider<Counter> counter, Budget budget, double amount) {
		if (amount > 0) {
			counter.withTags(Tags.of(NAME, budget.name())).increment(amount);
		}
	}

	@Override
	public void exceeded(Budget budget, BudgetResource resource) {
		this.exceeded
			.withTags(Tags.of(NAME, budget.name(), "buddy.budget.action",
					budget.whenExceeded().name().toLowerCase(Locale.ROOT)))
			.increment();
	}

}
