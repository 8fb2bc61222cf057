package buddy.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A limit on what the calls of models may use.
 *
 * @param name its name
 * @param per what each has a budget of its own
 * @param workflows the workflows whose runs count, empty for all
 * @param period after which time it begins anew
 * @param zone the time zone of its days
 * @param tokens how many tokens may be used, or {@code null} for any number
 * @param cost how much money may be used, or {@code null} for any amount
 * @param time for how long runs may be executed, or {@code null} for any time
 * @param warnAt the share of a limit at which a warning is given, more than 0 and at most
 * 1
 * @param whenExceeded what happens when it is used up
 * @param role the role that is asked whether it is raised, or {@code null} for those who
 * may see the run
 */
public record Budget(String name, BudgetPer per, Set<String> workflows, BudgetPeriod period, ZoneId zone,
		@Nullable Long tokens, @Nullable BigDecimal cost, @Nullable Duration time, double warnAt,
		BudgetAction whenExceeded, @Nullable String role) {

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

	/** More does not fit the store. */
	private static final BigDecimal MOST_COST = BigDecimal.valueOf(1_000_000_000);

	/**
	 * Checks the values.
	 * @throws InvalidBudgetException if a budget cannot be like that
	 */
	public Budget {
		workflows = Set.copyOf(workflows);
		require(NAME.matcher(name).matches(), name, "",
				"a name has 1 to 64 letters, digits, '-', '_' and '.', and begins with a letter or a digit");
		require(tokens != null || cost != null || time != null, name, "tokens",
				"it has no limit; set tokens, cost or time");
		require(tokens == null || tokens > 0, name, "tokens", "it must be more than 0, not " + tokens);
		require(cost == null || cost.signum() > 0, name, "cost", "it must be more than 0, not " + cost);
		require(cost == null || cost.compareTo(MOST_COST) <= 0 && cost.stripTrailingZeros().scale() <= 9, name, "cost",
				"it must be at most " + MOST_COST + " with at most 9 decimals, not " + cost);
		require(time == null || time.toMillis() > 0, name, "time", "it must be more than 0, not " + time);
		require(warnAt > 0 && warnAt <= 1, name, "warn-at", "it must be more than 0 and at most 1, not " + warnAt);
		require(per != BudgetPer.RUN || period == BudgetPeriod.NONE, name, "period",
				"a budget per run has no period; leave it out");
		require(role == null || whenExceeded == BudgetAction.ASK, name, "role",
				"nobody is asked; set when-exceeded to ask, or leave the role out");
		require(role == null || !role.isBlank() && role.length() <= 255, name, "role",
				"it must have 1 to 255 characters");
	}

	private static void require(boolean valid, String name, String field, String problem) {
		if (!valid) {
			throw new InvalidBudgetException(name, field, problem);
		}
	}

	/**
	 * Returns whether the runs of a workflow count.
	 * @param workflowId the workflow
	 * @return whether they count
	 */
	public boolean isOf(String workflowId) {
		return this.workflows.isEmpty() || this.workflows.contains(workflowId);
	}

	/**
	 * Returns the period that a time is in.
	 * @param scope whose budget it is
	 * @param time the time
	 * @return the window in which is counted
	 */
	public BudgetWindow window(String scope, Instant time) {
		return new BudgetWindow(this.name, this.per, scope, this.period.start(time, this.zone),
				this.period.end(time, this.zone));
	}

	/**
	 * Returns what is limited.
	 * @return the resources that have a limit
	 */
	public List<BudgetResource> resources() {
		List<BudgetResource> limited = new ArrayList<>();
		for (BudgetResource resource : BudgetResource.values()) {
			if (limit(resource) != null) {
				limited.add(resource);
			}
		}
		return limited;
	}

	/** Returns a limit in the unit in which it is stored, or null if there is none. */
	@Nullable Long limit(BudgetResource resource) {
		return switch (resource) {
			case TOKENS -> this.tokens;
			case COST -> (this.cost != null) ? BudgetResource.COST.stored(this.cost) : null;
			case TIME -> (this.time != null) ? this.time.toMillis() : null;
		};
	}

	/**
	 * Returns the limits as amounts.
	 * @return the amounts, 0 for what has no limit
	 */
	public BudgetAmounts limits() {
		Long most = limit(BudgetResource.TOKENS);
		Long money = limit(BudgetResource.COST);
		Long millis = limit(BudgetResource.TIME);
		return new BudgetAmounts((most != null) ? most : 0, (money != null) ? money : 0, (millis != null) ? millis : 0);
	}

}
