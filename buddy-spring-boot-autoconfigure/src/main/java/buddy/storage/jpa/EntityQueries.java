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
 * Executes queries of the entity repositories on the connection of the JDBC statements,
 * with an entity manager per query.
 *
 * <p>
 * The caller's entity manager is not used: it could return cached entities, would not see
 * a JDBC transaction, and would keep a connection for the duration of a web request.
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
