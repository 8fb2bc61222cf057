package buddy.storage.jpa;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactoryBean;
import org.springframework.data.repository.Repository;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/**
 * Makes a Spring Data repository over one given entity manager factory. The application's
 * own repositories, and how it enables them, have no part in it.
 */
final class EntityRepositoryFactoryBean<R extends Repository<T, I>, T, I> extends JpaRepositoryFactoryBean<R, T, I> {

	EntityRepositoryFactoryBean(Class<R> type, EntityManagerFactory entityManagerFactory) {
		super(type);
		setEntityManager(SharedEntityManagerCreator.createSharedEntityManager(entityManagerFactory));
		// every query runs where EntityQueries says, never in a JPA transaction of its
		// own
		setEnableDefaultTransactions(false);
		// parsing the queries would be a good part of what buddy adds to a start
		setLazyInit(true);
	}

	/**
	 * Sets the class loader of the interface, which is not public: the application's may
	 * be another one (Boot's developer tools), and could not make its proxy.
	 */
	@Override
	public void setBeanClassLoader(ClassLoader classLoader) {
		super.setBeanClassLoader(EntityRepositoryFactoryBean.class.getClassLoader());
	}

	/** Overridden for its lack of an annotation: no other entity manager is injected. */
	@Override
	public void setEntityManager(EntityManager entityManager) {
		super.setEntityManager(entityManager);
	}

}
