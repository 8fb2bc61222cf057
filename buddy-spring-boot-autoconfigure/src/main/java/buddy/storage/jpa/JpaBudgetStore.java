package buddy.storage.jpa;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

import buddy.budget.BudgetAmounts;
import buddy.budget.BudgetPer;
import buddy.budget.BudgetStore;
import buddy.budget.BudgetWindow;
import buddy.budget.StoredBudget;

/**
 * Stores what is used of budgets beside the runs.
 */
final class JpaBudgetStore implements BudgetStore {

	private static final String SELECT = "select budget_name, scope_key, period_start, period_end, per, tokens, cost,"
			+ " time_millis, raised_tokens, raised_cost, raised_millis, warned from buddy_workflow_budget where ";

	private static final String IS_KEY = "(budget_name = ? and scope_key = ? and period_start = ?)";

	private static final String INSERT = "insert into buddy_workflow_budget (budget_name, scope_key, period_start,"
			+ " period_end, per, tokens, cost, time_millis, raised_tokens, raised_cost, raised_millis, warned,"
			+ " updated_at) values (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, false, ?)";

	private static final String ADD = "update buddy_workflow_budget set tokens = tokens + ?, cost = cost + ?,"
			+ " time_millis = time_millis + ?, updated_at = ? where " + IS_KEY;

	private static final String RAISE = "update buddy_workflow_budget set " + raised("raised_tokens") + ", "
			+ raised("raised_cost") + ", " + raised("raised_millis") + ", updated_at = ? where " + IS_KEY;

	private static final String WARN = "update buddy_workflow_budget set warned = true where warned = false and "
			+ IS_KEY;

	/** Rows that nobody needs: of periods that are over, and of what is gone. */
	private static final String OVER = "select budget_name, scope_key, period_start from buddy_workflow_budget"
			+ " where period_end < ? or (period_end is null and updated_at < ? and"
			+ " (per = 'run' and not exists (select 1 from buddy_workflow_run r where r.run_id = scope_key"
			+ " and r.status in ('PENDING', 'RUNNING', 'PAUSED'))"
			+ " or per = 'session' and not exists (select 1 from buddy_workflow_session s"
			+ " where s.session_id = scope_key))) limit ?";

	/** In the same order everywhere, so that two nodes do not wait for each other. */
	private static final Comparator<BudgetWindow> ORDER = Comparator.comparing(BudgetWindow::budget)
		.thenComparing(BudgetWindow::scope)
		.thenComparing(BudgetWindow::periodStart);

	/** How often rows are changed that were deleted meanwhile. */
	private static final int TRIES = 3;

	private final StorageTransactions transactions;

	private final JdbcClient jdbc;

	private final JdbcTemplate template;

	private final String delete;

	/**
	 * Stores in the database of a data source.
	 * @param dataSource the data source of buddy's tables
	 * @param statements how statements run
	 */
	JpaBudgetStore(DataSource dataSource, StatementSettings statements) {
		SqlDialect dialect = SqlDialect.of(dataSource);
		this.transactions = new StorageTransactions(dataSource, dialect, statements.timeouts());
		this.template = dialect.template(dataSource, statements.timeouts());
		this.jdbc = statements.tables().client(this.template);
		this.delete = statements.tables().in("delete from buddy_workflow_budget where " + IS_KEY);
	}

	/** Enough is enough, whatever is added. */
	private static String raised(String column) {
		return column + " = case when " + column + " < " + BudgetAmounts.MOST + " then " + column + " + ? else "
				+ column + " end";
	}

	@Override
	public List<StoredBudget> find(Collection<BudgetWindow> windows) {
		if (windows.isEmpty()) {
			return List.of();
		}
		List<Object> values = new ArrayList<>();
		windows.forEach((window) -> values.addAll(key(window)));
		String sql = SELECT + String.join(" or ", windows.stream().map((window) -> IS_KEY).toList());
		return this.transactions
			.read(() -> this.jdbc.sql(sql).params(values).query(JpaBudgetStore::toStoredBudget).list());
	}

	@Override
	public void add(Map<BudgetWindow, BudgetAmounts> amounts, long now) {
		Map<BudgetWindow, BudgetAmounts> sorted = new TreeMap<>(ORDER);
		sorted.putAll(amounts);
		stored(now, () -> this.transactions.writeBeside(() -> change(ADD, sorted, now)));
	}

	@Override
	public boolean warn(BudgetWindow window) {
		return this.transactions.writeBeside(() -> this.jdbc.sql(WARN).params(key(window)).update()) == 1;
	}

	@Override
	public void raise(BudgetWindow window, BudgetAmounts amounts, long now) {
		stored(now, () -> this.transactions.write(() -> change(RAISE, Map.of(window, amounts), now)));
	}

	/**
	 * Changes rows, and inserts those that are missing before, each on its own: within
	 * one transaction, those that insert the same rows would get in each other's way.
	 */
	private void stored(long now, Runnable change) {
		for (int tries = 1;; tries++) {
			try {
				change.run();
				return;
			}
			catch (MissingException ex) {
				if (tries == TRIES) {
					throw ex;
				}
				ex.windows.forEach((window) -> insert(window, now));
			}
		}
	}

	private int change(String sql, Map<BudgetWindow, BudgetAmounts> amounts, long now) {
		List<BudgetWindow> missing = new ArrayList<>();
		amounts.forEach((window, more) -> {
			int changed = this.jdbc.sql(sql)
				.params(Math.min(more.tokens(), BudgetAmounts.MOST), Math.min(more.cost(), BudgetAmounts.MOST),
						Math.min(more.time(), BudgetAmounts.MOST), now, window.budget(), window.scope(),
						window.periodStart())
				.update();
			if (changed == 0) {
				missing.add(window);
			}
		});
		if (!missing.isEmpty()) {
			throw new MissingException(missing);
		}
		return amounts.size();
	}

	private void insert(BudgetWindow window, long now) {
		try {
			this.transactions.writeBeside(() -> this.jdbc.sql(INSERT)
				.params(window.budget(), window.scope(), window.periodStart(),
						new SqlParameterValue(Types.BIGINT, window.periodEnd()), window.per().text(), now)
				.update());
		}
		catch (DuplicateKeyException ex) {
			// another thread or node was faster
		}
	}

	@Override
	public List<StoredBudget> list(Map<String, Long> periodStarts, @Nullable String scope, @Nullable BudgetWindow after,
			int limit) {
		if (periodStarts.isEmpty()) {
			return List.of();
		}
		List<Object> values = new ArrayList<>();
		List<String> periods = new ArrayList<>();
		periodStarts.forEach((budget, start) -> {
			periods.add("(budget_name = ? and period_start = ?)");
			values.addAll(List.of(budget, start));
		});
		StringBuilder sql = new StringBuilder(SELECT).append('(').append(String.join(" or ", periods)).append(')');
		if (scope != null) {
			sql.append(" and scope_key = ?");
			values.add(scope);
		}
		if (after != null) {
			sql.append(" and (budget_name > ? or (budget_name = ? and scope_key > ?))");
			values.addAll(List.of(after.budget(), after.budget(), after.scope()));
		}
		values.add(limit);
		StatementSpec select = this.jdbc.sql(sql.append(" order by budget_name, scope_key limit ?").toString());
		return this.transactions.read(() -> select.params(values).query(JpaBudgetStore::toStoredBudget).list());
	}

	@Override
	public int deleteOver(long before, int limit) {
		List<Object[]> over = this.transactions.read(() -> this.jdbc.sql(OVER)
			.params(before, before, limit)
			.query((row, number) -> new Object[] { row.getString(1), row.getString(2), row.getLong(3) })
			.list());
		if (!over.isEmpty()) {
			this.transactions.write(() -> this.template.batchUpdate(this.delete, over));
		}
		return over.size();
	}

	private static List<Object> key(BudgetWindow window) {
		return List.of(window.budget(), window.scope(), window.periodStart());
	}

	private static StoredBudget toStoredBudget(ResultSet row, int number) throws SQLException {
		long end = row.getLong(4);
		Long periodEnd = row.wasNull() ? null : end;
		BudgetWindow window = new BudgetWindow(row.getString(1),
				BudgetPer.valueOf(row.getString(5).toUpperCase(Locale.ROOT)), row.getString(2), row.getLong(3),
				periodEnd);
		return new StoredBudget(window, new BudgetAmounts(row.getLong(6), row.getLong(7), row.getLong(8)),
				new BudgetAmounts(row.getLong(9), row.getLong(10), row.getLong(11)), row.getBoolean(12));
	}

	/** Rolls back, since rows have to be inserted first. */
	private static final class MissingException extends RuntimeException {

		private final transient List<BudgetWindow> windows;

		MissingException(List<BudgetWindow> windows) {
			super("The rows of " + windows + " were deleted again and again", null, false, false);
			this.windows = windows;
		}

	}

}
