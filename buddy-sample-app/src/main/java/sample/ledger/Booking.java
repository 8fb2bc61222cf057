package sample.ledger;

import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * What a transactional step writes to the application's own database.
 */
@Entity
@Table(name = "sample_booking")
class Booking {

	@Id
	private String id = UUID.randomUUID().toString();

	@Column(name = "run_id", nullable = false)
	private String runId = "";

	@Column(nullable = false)
	private String step = "";

	protected Booking() {
	}

	Booking(String runId, String step) {
		this.runId = runId;
		this.step = step;
	}

}
