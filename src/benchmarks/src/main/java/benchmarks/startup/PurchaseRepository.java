package benchmarks.startup;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The application's own repository.
 */
interface PurchaseRepository extends JpaRepository<Purchase, Long> {

}
