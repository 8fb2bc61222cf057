package buddy.budget;

/**
 * The store in memory.
 */
class MapBudgetStoreTests extends BudgetStoreContract {

	MapBudgetStoreTests() {
		super(new MapBudgetStore());
	}

}
