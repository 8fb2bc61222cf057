package benchmarks.startup;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * The application's own entity.
 */
@Entity
class Purchase {

	@Id
	private @Nullable Long id;

	private @Nullable String customer;

	protected Purchase() {
	}

	@Nullable Long id() {
		return this.id;
	}

	@Nullable String customer() {
		return this.customer;
	}

}
