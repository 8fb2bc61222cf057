package buddy.autoconfigure.shop;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** An entity of the application, with a column that buddy's entities have too. */
@Entity
public class Customer {

	@Id
	private String fullName;

	@Column(name = "session_id")
	private String session;

	protected Customer() {
	}

	public Customer(String fullName) {
		this.fullName = fullName;
		this.session = "none";
	}

}
