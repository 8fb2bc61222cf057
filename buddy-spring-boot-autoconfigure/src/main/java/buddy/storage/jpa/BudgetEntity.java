package buddy.storage.jpa;

import java.io.Serializable;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * The row of what is used of a budget, for the schema; it is read and written by JDBC.
 */
@Entity(name = "BuddyBudget")
@Table(name = "buddy_workflow_budget",
		indexes = @Index(name = "buddy_workflow_budget_idx", columnList = BuddyNaming.MARK + "period_end"))
@IdClass(BudgetEntity.Key.class)
@Cacheable(false)
class BudgetEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "budget_name", length = 64)
	private String budgetName = "";

	@Id
	@Column(name = BuddyNaming.MARK + "scope_key", length = 255)
	private String scopeKey = "";

	@Id
	@Column(name = BuddyNaming.MARK + "period_start")
	private long periodStart;

	@Column(name = BuddyNaming.MARK + "period_end")
	private @Nullable Long periodEnd;

	@Column(name = BuddyNaming.MARK + "per", length = 16, nullable = false)
	private String per = "";

	@Column(name = BuddyNaming.MARK + "tokens", nullable = false)
	private long tokens;

	@Column(name = BuddyNaming.MARK + "cost", nullable = false)
	private long cost;

	@Column(name = BuddyNaming.MARK + "time_millis", nullable = false)
	private long timeMillis;

	@Column(name = BuddyNaming.MARK + "raised_tokens", nullable = false)
	private long raisedTokens;

	@Column(name = BuddyNaming.MARK + "raised_cost", nullable = false)
	private long raisedCost;

	@Column(name = BuddyNaming.MARK + "raised_millis", nullable = false)
	private long raisedMillis;

	@Column(name = BuddyNaming.MARK + "warned", nullable = false)
	private boolean warned;

	@Column(name = BuddyNaming.MARK + "updated_at", nullable = false)
	private long updatedAt;

	protected BudgetEntity() {
	}

	/**
	 * What tells one row from another.
	 *
	 * @param budgetName the budget
	 * @param scopeKey whose it is
	 * @param periodStart when the period began
	 */
	record Key(String budgetName, String scopeKey, long periodStart) implements Serializable {
	}

}
