package buddy.autoconfigure;

import java.util.List;

import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;

import buddy.autoconfigure.shop.Customer;
import buddy.autoconfigure.shop.Customers;
import buddy.autoconfigure.shop.Shop;
import buddy.storage.WorkflowSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;

@DataJpaTest
@ContextConfiguration(classes = Shop.class)
class DataJpaSliceTests {

	@Autowired
	private WorkflowSessionRepository repository;

	@Autowired
	private Customers customers;

	@Autowired
	private EntityManagerFactory factory;

	@Test
	void sliceHasBuddysStorageBesideTheApplicationsRepositories() {
		this.customers.save(new Customer("Ann"));
		this.repository.create(Tables.session("s1"), List.of());
		assertThat(this.repository.find("s1")).isPresent();
		assertThat(this.customers.count()).isOne();
	}

	@Test
	void testsTransactionIsRolledBack() {
		assertThat(this.customers.count()).isZero();
		assertThat(Tables.sessions(this.factory)).isEmpty();
	}

}
