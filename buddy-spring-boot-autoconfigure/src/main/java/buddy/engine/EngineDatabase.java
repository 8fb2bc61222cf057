package buddy.engine;

import java.util.function.LongSupplier;

import javax.sql.DataSource;

/**
 * The database that an engine keeps its tickets in.
 *
 * @param joining gives connections of the current transaction, for tickets that are added
 * with what they are for
 * @param own gives connections apart from the application's pool, if there is a network
 * between, so that a pool that is exhausted does not make a node look dead
 * @param table the name of the table of tickets
 * @param product the name of the database's product, as its driver gives it
 * @param millis the time of the database's clock, in milliseconds since the epoch
 * @param closing closes the connections that are apart from the application's pool
 */
public record EngineDatabase(DataSource joining, DataSource own, String table, String product, LongSupplier millis,
		Runnable closing) implements AutoCloseable {

	@Override
	public void close() {
		this.closing.run();
	}

}
