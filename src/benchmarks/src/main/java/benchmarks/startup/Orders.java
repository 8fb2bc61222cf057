package benchmarks.startup;

/**
 * What the application's aspect is around.
 */
class Orders {

	private final PurchaseRepository purchases;

	Orders(PurchaseRepository purchases) {
		this.purchases = purchases;
	}

	long count() {
		return this.purchases.count();
	}

}
