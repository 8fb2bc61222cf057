package buddy.budget;

import java.math.BigDecimal;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How much of a budget is used in a period.
 *
 * @param budget the budget
 * @param stored what is used, and by how much the limits were raised
 */
public record BudgetUsage(Budget budget, StoredBudget stored) {

	/**
	 * Returns whose budget it is.
	 * @return the id of a run, a session, a user or a workflow; empty for the application
	 * and for runs without a user
	 */
	public String scope() {
		return this.stored.window().scope();
	}

	/**
	 * Returns when the period began.
	 * @return the time, or {@code null} for a budget without a period
	 */
	public @Nullable Instant periodStart() {
		return (periodEnd() != null) ? Instant.ofEpochMilli(this.stored.window().periodStart()) : null;
	}

	/**
	 * Returns when the period ends.
	 * @return the time, or {@code null} for a budget without a period
	 */
	public @Nullable Instant periodEnd() {
		Long end = this.stored.window().periodEnd();
		return (end != null) ? Instant.ofEpochMilli(end) : null;
	}

	/**
	 * Returns how much is used.
	 * @param resource of what
	 * @return tokens, units of the currency, or seconds
	 */
	public BigDecimal used(BudgetResource resource) {
		return resource.shown(resource.of(this.stored.used()));
	}

	/**
	 * Returns by how much the limit was raised in this period.
	 * @param resource of what
	 * @return tokens, units of the currency, or seconds
	 */
	public BigDecimal raised(BudgetResource resource) {
		return resource.shown(resource.of(this.stored.raised()));
	}

	/**
	 * Returns how much may be used in this period.
	 * @param resource of what
	 * @return tokens, units of the currency, or seconds; {@code null} for no limit
	 */
	public @Nullable BigDecimal limit(BudgetResource resource) {
		Long most = most(resource);
		return (most != null) ? resource.shown(most) : null;
	}

	private @Nullable Long most(BudgetResource resource) {
		Long limit = this.budget.limit(resource);
		if (limit == null) {
			return null;
		}
		long raised = resource.of(this.stored.raised());
		return (raised > Long.MAX_VALUE - limit) ? Long.valueOf(Long.MAX_VALUE) : Long.valueOf(limit + raised);
	}

	/**
	 * Returns what is used up.
	 * @return the first resource with nothing left, or {@code null}
	 */
	public @Nullable BudgetResource exceeded() {
		return reached(1);
	}

	/**
	 * Returns what a warning is due for, whether it was given or not.
	 * @return the first resource of which the share is used, or {@code null}
	 */
	public @Nullable BudgetResource warning() {
		return reached(this.budget.warnAt());
	}

	private @Nullable BudgetResource reached(double share) {
		for (BudgetResource resource : BudgetResource.values()) {
			Long most = most(resource);
			if (most != null && BigDecimal.valueOf(resource.of(this.stored.used()))
				.compareTo(BigDecimal.valueOf(most).multiply(BigDecimal.valueOf(share))) >= 0) {
				return resource;
			}
		}
		return null;
	}

	/**
	 * Returns the same with more of it used.
	 * @param amounts what was used in addition
	 * @return the changed usage
	 */
	public BudgetUsage plus(BudgetAmounts amounts) {
		return new BudgetUsage(this.budget, new StoredBudget(this.stored.window(), this.stored.used().plus(amounts),
				this.stored.raised(), this.stored.warned()));
	}

}
