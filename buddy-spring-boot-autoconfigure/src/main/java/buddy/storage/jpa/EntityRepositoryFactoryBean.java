package buddy.storage.jpa;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactoryBean;
import org.springframework.data.repository.Repository;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/**
 * Creates a Spring Data repository for a given entity manager factory, independent of the
 * application's repositories and their configuration.
 */
final class EntityRepositoryFactoryBean<R extends Repository<T, I>, T, I> extends JpaRepositoryFactoryBean<R, T, I> {

	EntityRepositoryFactoryBean(Class<R> type, EntityManagerFactory entityManagerFactory) {
		super(type);
		setEntityManager(SharedEntityManagerCreator.createSharedEntityManager(entityManagerFactory));
		// queries run within EntityQueries, never in their own JPA transaction
		setEnableDefaultTransactions(false);
		// parsing the queries would slow down the start
		setLazyInit(true);
	}

	/**
	 * Sets the class loader of the interface. The application's may be a different one
	 * (with DevTools), which could not create a proxy of a package-private interface.
	 */
	@Override
	public void setBeanClassLoader(ClassLoader classLoader) {
		super.setBeanClassLoader(EntityRepositoryFactoryBean.class.getClassLoader());
	}

	/**
	 * Overridden without an injection annotation, so that no other entity manager is
	 * injected.
	 */
	@Override
	public void setEntityManager(EntityManager entityManager) {
		super.setEntityManager(entityManager);
	}

}
