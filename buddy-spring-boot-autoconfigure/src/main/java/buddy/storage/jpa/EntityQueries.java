package buddy.storage.jpa;

import java.sql.Connection;
import java.util.function.Supplier;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Lets the entity repositories query on the very connection that the JDBC statements use,
 * through an entity manager that lives no longer than the query.
 *
 * <p>
 * The entity manager of the caller is left alone: it would answer with entities that it
 * read before, see nothing of a JDBC transaction, and keep a connection for as long as a
 * web request takes.
 */
final class EntityQueries {

	private final EntityManagerFactory entityManagerFactory;

	private final SessionFactory sessionFactory;

	private final DataSource dataSource;

	private final StorageTransactions transactions;

	EntityQueries(EntityManagerFactory entityManagerFactory, DataSource dataSource, StorageTransactions transactions) {
		this.entityManagerFactory = entityManagerFactory;
		this.sessionFactory = entityManagerFactory.unwrap(SessionFactory.class);
		this.dataSource = dataSource;
		this.transactions = transactions;
	}

	<T> T query(Supplier<T> query) {
		return this.transactions.read(() -> {
			Connection connection = DataSourceUtils.getConnection(this.dataSource);
			try (Session session = open(connection)) {
				return withEntityManager(session, query);
			}
			finally {
				DataSourceUtils.releaseConnection(connection, this.dataSource);
			}
		});
	}

	private Session open(Connection connection) {
		return this.sessionFactory.withOptions()
			.connection(connection)
			.flushMode(FlushMode.MANUAL)
			.readOnly(true)
			.openSession();
	}

	private <T> T withEntityManager(Session session, Supplier<T> query) {
		EntityManagerHolder holder = new EntityManagerHolder(session);
		holder.setSynchronizedWithTransaction(true);
		Object callers = TransactionSynchronizationManager.unbindResourceIfPossible(this.entityManagerFactory);
		TransactionSynchronizationManager.bindResource(this.entityManagerFactory, holder);
		try {
			return query.get();
		}
		finally {
			TransactionSynchronizationManager.unbindResource(this.entityManagerFactory);
			if (callers != null) {
				TransactionSynchronizationManager.bindResource(this.entityManagerFactory, callers);
			}
		}
	}

}
