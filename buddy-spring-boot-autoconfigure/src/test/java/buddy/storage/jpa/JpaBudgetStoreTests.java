package buddy.storage.jpa;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.budget.BudgetAmounts;
import buddy.budget.BudgetPer;
import buddy.budget.BudgetStore;
import buddy.budget.BudgetStoreContract;
import buddy.budget.BudgetWindow;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The store of budgets on every database.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaBudgetStoreTests extends BudgetStoreContract {

	private final JpaStorage storage;

	private final TestDatabase database;

	JpaBudgetStoreTests(TestDatabase database) {
		super(JpaStorage.on(database, true).application().bean(BudgetStore.class));
		this.storage = JpaStorage.on(database, true);
		this.database = database;
	}

	@BeforeEach
	void empty() {
		this.storage.application().emptyRepository();
	}

	@AfterEach
	void noConnectionIsInUse() {
		this.storage.awaitNoConnectionInUse();
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Test
	void whatIsUsedStaysUsedIfTheCallerRollsBackAndARaiseDoesNot() {
		BudgetWindow window = window("daily", "ann", 20);
		store().add(Map.of(window, new BudgetAmounts(1, 0, 0)), 5);
		new TransactionTemplate(new JdbcTransactionManager(this.storage.dataSource()))
			.executeWithoutResult((status) -> {
				store().add(Map.of(window, new BudgetAmounts(100, 0, 0)), 5);
				status.setRollbackOnly();
			});
		new TransactionTemplate(new JdbcTransactionManager(this.storage.dataSource()))
			.executeWithoutResult((status) -> {
				store().raise(window, new BudgetAmounts(7, 0, 0), 5);
				status.setRollbackOnly();
			});

		// SQLite has one writer, which the caller is
		long expected = (this.database == TestDatabase.SQLITE) ? 1 : 101;
		assertThat(store().find(List.of(window))).singleElement().satisfies((found) -> {
			assertThat(found.used().tokens()).isEqualTo(expected);
			assertThat(found.raised()).isEqualTo(BudgetAmounts.NONE);
		});
	}

	@Test
	void budgetsOfRunsAndSessionsThatAreGoneAreDeleted() {
		store().add(Map.of(new BudgetWindow("run", BudgetPer.RUN, "gone", 0, null), new BudgetAmounts(1, 0, 0),
				new BudgetWindow("session", BudgetPer.SESSION, "gone", 0, null), new BudgetAmounts(1, 0, 0),
				new BudgetWindow("user", BudgetPer.USER, "gone", 0, null), new BudgetAmounts(1, 0, 0)), 5);

		assertThat(store().deleteOver(5, 10)).isZero();
		assertThat(store().deleteOver(6, 10)).isEqualTo(2);
	}

}
