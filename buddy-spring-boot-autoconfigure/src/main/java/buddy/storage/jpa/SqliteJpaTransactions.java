package buddy.storage.jpa;

import java.sql.Connection;
import java.sql.SQLException;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.ConnectionHandle;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Begins JPA transactions on SQLite with a connection in auto-commit mode, and leaves it
 * so, whatever becomes of the transaction.
 */
final class SqliteJpaTransactions extends JpaTransactionManager {

	private static final Logger logger = LoggerFactory.getLogger(SqliteJpaTransactions.class);

	SqliteJpaTransactions(EntityManagerFactory factory) {
		super(factory);
		setJpaDialect(new Dialect());
	}

	/**
	 * Rolls back, and ignores that the driver cannot begin another transaction
	 * afterwards: the exception that made it roll back is the one to throw.
	 */
	@Override
	protected void doRollback(DefaultTransactionStatus status) {
		try {
			super.doRollback(status);
		}
		catch (RuntimeException ex) {
			logger.debug("The transaction is rolled back when its connection is given back", ex);
		}
	}

	private static final class Dialect extends HibernateJpaDialect {

		@Override
		public Object beginTransaction(EntityManager entityManager, TransactionDefinition definition)
				throws SQLException {
			ConnectionHandle handle = getJdbcConnection(entityManager, false);
			Connection connection = handle.getConnection();
			SqliteAutoCommit.restore(connection);
			try {
				return new Begun(super.beginTransaction(entityManager, definition), connection);
			}
			catch (RuntimeException | SQLException ex) {
				SqliteAutoCommit.restore(connection);
				throw ex;
			}
		}

		@Override
		public void cleanupTransaction(@Nullable Object transactionData) {
			if (transactionData instanceof Begun begun) {
				SqliteAutoCommit.abandon(begun.connection());
				super.cleanupTransaction(begun.data());
			}
			else {
				super.cleanupTransaction(transactionData);
			}
		}

		private record Begun(Object data, Connection connection) {
		}

	}

}
