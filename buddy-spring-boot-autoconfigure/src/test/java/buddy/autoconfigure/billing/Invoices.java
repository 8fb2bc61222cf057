package buddy.autoconfigure.billing;

import org.springframework.data.jpa.repository.JpaRepository;

public interface Invoices extends JpaRepository<Invoice, String> {

}
