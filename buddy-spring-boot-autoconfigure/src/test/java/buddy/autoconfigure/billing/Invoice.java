package buddy.autoconfigure.billing;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
public class Invoice {

	@Id
	private String number;

	protected Invoice() {
	}

	public Invoice(String number) {
		this.number = number;
	}

}
