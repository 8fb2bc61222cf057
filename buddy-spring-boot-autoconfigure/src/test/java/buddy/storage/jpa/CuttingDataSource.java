package buddy.storage.jpa;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import org.postgresql.PGConnection;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Connections to PostgreSQL of which one is cut at a chosen point: at the n-th statement
 * or commit from now, before it reaches the server or before its answer comes back.
 */
final class CuttingDataSource extends AbstractDataSource {

	private final String url;

	private final AtomicInteger points = new AtomicInteger();

	private volatile int cutAt;

	private volatile boolean answerIsLost;

	private volatile boolean cutFromCommit;

	private volatile boolean cutAll;

	private volatile Thread only;

	CuttingDataSource(String url) {
		this.url = url;
	}

	void cutAt(int point, boolean answerIsLost) {
		this.points.set(0);
		this.cutAt = point;
		this.answerIsLost = answerIsLost;
		this.cutFromCommit = false;
		this.cutAll = false;
	}

	/** Counts, and cuts, only what this thread does. */
	void onlyOn(Thread thread) {
		this.only = thread;
	}

	/** The answer of the next commit is lost, and all others after it. */
	void cutFromCommit() {
		this.cutAt = 0;
		this.cutFromCommit = true;
	}

	/** How many statements and commits there were since {@link #cutAt}. */
	int points() {
		return this.points.get();
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = DriverManager.getConnection(this.url, "postgres", "");
		return proxy(Connection.class, (proxy, method, arguments) -> {
			if (method.getName().equals("commit")) {
				this.cutAll = this.cutFromCommit;
				return atPoint(connection, () -> invoke(connection, method, arguments));
			}
			Object result = invoke(connection, method, arguments);
			return (result instanceof PreparedStatement statement) ? proxy(connection, statement) : result;
		});
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return getConnection();
	}

	private PreparedStatement proxy(Connection connection, PreparedStatement statement) {
		return proxy(PreparedStatement.class,
				(proxy, method, arguments) -> method.getName().startsWith("execute")
						? atPoint(connection, () -> invoke(statement, method, arguments))
						: invoke(statement, method, arguments));
	}

	private Object atPoint(Connection connection, Invocation invocation) throws Throwable {
		if (this.only != null && this.only != Thread.currentThread()) {
			return invocation.proceed();
		}
		boolean cut = this.points.incrementAndGet() == this.cutAt || this.cutAll;
		if (cut && !this.answerIsLost && !this.cutAll) {
			cut(connection);
		}
		Object result = invocation.proceed();
		if (cut) {
			cut(connection);
			throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
		}
		return result;
	}

	private void cut(Connection connection) throws SQLException {
		int backend = connection.unwrap(PGConnection.class).getBackendPID();
		try (Connection other = DriverManager.getConnection(this.url, "postgres", "");
				PreparedStatement statement = other.prepareStatement("select pg_terminate_backend(?, 10000)")) {
			statement.setInt(1, backend);
			statement.execute();
		}
	}

	private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getCause();
		}
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		return type
			.cast(Proxy.newProxyInstance(CuttingDataSource.class.getClassLoader(), new Class<?>[] { type }, handler));
	}

	@FunctionalInterface
	private interface Invocation {

		Object proceed() throws Throwable;

	}

}
