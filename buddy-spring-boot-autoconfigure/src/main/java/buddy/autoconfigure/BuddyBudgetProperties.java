package buddy.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import buddy.budget.Budget;
import buddy.budget.BudgetAction;
import buddy.budget.BudgetPer;
import buddy.budget.BudgetPeriod;
import buddy.budget.InvalidBudgetException;
import buddy.budget.ModelPrice;
import buddy.budget.ModelPrices;

/**
 * Properties of budgets and of the prices of models.
 *
 * @param prices prices of models by the names that they report
 * @param budgets budgets by name
 */
@ConfigurationProperties("buddy")
public record BuddyBudgetProperties(@DefaultValue Map<String, Price> prices,
		@DefaultValue Map<String, BudgetProperties> budgets) {

	List<Budget> toBudgets() {
		return this.budgets.entrySet().stream().map((entry) -> entry.getValue().toBudget(entry.getKey())).toList();
	}

	ModelPrices toPrices() {
		Map<String, ModelPrice> all = new LinkedHashMap<>();
		this.prices.forEach((model, price) -> {
			if (price.input().signum() < 0 || price.output().signum() < 0) {
				throw InvalidBudgetException.ofPrice(model,
						"it must not be negative, and is " + price.input() + " and " + price.output());
			}
			all.put(model, new ModelPrice(price.input(), price.output()));
		});
		return new ModelPrices(all);
	}

	/**
	 * The price of a model.
	 *
	 * @param input Price of a million tokens that go to the model.
	 * @param output Price of a million tokens that come back.
	 */
	public record Price(@DefaultValue("0") BigDecimal input, @DefaultValue("0") BigDecimal output) {
	}

	/**
	 * Properties of a budget.
	 *
	 * @param per What each has a budget of its own.
	 * @param workflows Ids of the workflows whose runs count. All, if there are none.
	 * @param period After which time the budget begins anew. A budget per run or session
	 * needs none.
	 * @param zone Time zone whose days count.
	 * @param tokens Number of tokens that may be used.
	 * @param cost Amount of money that may be used, by buddy.prices.
	 * @param time For how long runs may be executed, without their pauses.
	 * @param warnAt Share of a limit at which a warning is given, once in each period.
	 * @param whenExceeded What happens to a call of a model when the budget is used up.
	 * @param role Role whose users are asked whether the budget is raised, if
	 * when-exceeded is ask.
	 */
	public record BudgetProperties(@Nullable BudgetPer per, @DefaultValue Set<String> workflows,
			@Nullable BudgetPeriod period, @DefaultValue("UTC") ZoneId zone, @Nullable Long tokens,
			@Nullable BigDecimal cost, @Nullable Duration time, @DefaultValue("0.8") double warnAt,
			@DefaultValue("refuse") BudgetAction whenExceeded, @Nullable String role) {

		Budget toBudget(String name) {
			if (this.per == null) {
				throw new InvalidBudgetException(name, "per",
						"it is missing; set it to run, session, user, workflow or application");
			}
			return new Budget(name, this.per, this.workflows, period(name, this.per), this.zone, this.tokens, this.cost,
					this.time, this.warnAt, this.whenExceeded, this.role);
		}

		private BudgetPeriod period(String name, BudgetPer of) {
			if (this.period != null) {
				return this.period;
			}
			if (of == BudgetPer.RUN || of == BudgetPer.SESSION) {
				return BudgetPeriod.NONE;
			}
			throw new InvalidBudgetException(name, "period",
					"it is missing; set it to hour, day, week or month, or to none for a budget that never begins anew");
		}

	}

}
