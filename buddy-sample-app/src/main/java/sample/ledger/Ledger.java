package sample.ledger;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManager;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Stands for another system, such as a bank: it notes every call, and applies an effect
 * once for each idempotency key. What it writes is committed at once, on connections of
 * its own, whatever becomes of the transaction of its caller.
 */
@Component
public class Ledger implements AutoCloseable {

	private static final int CONNECTIONS = 2;

	private final HikariDataSource connections;

	private final JdbcClient jdbc;

	private final RetryTemplate retries = new RetryTemplate(RetryPolicy.builder()
		.includes(DataAccessResourceFailureException.class)
		.maxRetries(5)
		.delay(Duration.ofMillis(200))
		.build());

	private final EntityManager bookings;

	Ledger(DataSource dataSource, EntityManager bookings) {
		this.connections = DataSourceBuilder.derivedFrom(dataSource).type(HikariDataSource.class).build();
		this.connections.setMaximumPoolSize(CONNECTIONS);
		this.connections.setPoolName("ledger");
		this.jdbc = JdbcClient.create(this.connections);
		this.bookings = bookings;
	}

	/**
	 * Does something in the other system: notes the call, and applies its effect.
	 * @param runId the run
	 * @param step what is done
	 * @param key the idempotency key
	 * @param paceMs how long it takes, in milliseconds
	 * @return the receipt, the same for each call with the key
	 */
	public String apply(String runId, String step, String key, int paceMs) {
		call(runId, step, key, paceMs);
		return applyEffect(runId, step, key);
	}

	/**
	 * Notes a call once it has taken its time.
	 * @param runId the run
	 * @param step what is done
	 * @param key the idempotency key
	 * @param paceMs how long it takes, in milliseconds
	 * @return how often the run has called this, with this time
	 */
	public int call(String runId, String step, String key, int paceMs) {
		pause(paceMs);
		String id = UUID.randomUUID().toString();
		insertOnce(
				"insert into sample_ledger (id, run_id, step, call_key, node_pid, called_at) values (?, ?, ?, ?, ?, ?)",
				id, runId, step, key, ProcessHandle.current().pid(), microseconds());
		return this.retries.invoke(() -> this.jdbc.sql("select count(*) from sample_ledger where call_key = ?")
			.param(key)
			.query(Integer.class)
			.single());
	}

	/**
	 * Applies an effect unless its key has been seen before.
	 * @param runId the run
	 * @param step what is done
	 * @param key the idempotency key
	 * @return the receipt, the same for each call with the key
	 */
	public String applyEffect(String runId, String step, String key) {
		insertOnce("insert into sample_effect (effect_key, run_id, step) values (?, ?, ?)", key, runId, step);
		return step + "-" + UUID.nameUUIDFromBytes(key.getBytes(UTF_8)).toString().substring(0, 8);
	}

	/**
	 * Inserts a row unless it is there, and again where the connection was cut, as a good
	 * client of another system does.
	 */
	private void insertOnce(String sql, Object... values) {
		this.retries.invoke(() -> {
			try {
				return this.jdbc.sql(sql).params(values).update();
			}
			catch (DuplicateKeyException ex) {
				return 0; // it has been applied
			}
		});
	}

	/**
	 * Writes a booking in the transaction of the caller.
	 * @param runId the run
	 * @param step the step that books
	 */
	public void book(String runId, String step) {
		this.bookings.persist(new Booking(runId, step));
	}

	Page page(String runId) {
		Map<String, Integer> effects = new TreeMap<>();
		this.jdbc.sql("select step, count(*) from sample_effect where run_id = ? group by step")
			.param(runId)
			.query((row) -> {
				effects.put(row.getString(1), row.getInt(2));
			});
		List<Call> calls = this.jdbc.sql(
				"select step, call_key, node_pid, called_at from sample_ledger where run_id = ? order by called_at, id")
			.param(runId)
			.query((row, number) -> new Call(row.getString(1), row.getString(2), row.getLong(3),
					seconds(row.getLong(4))))
			.list();
		int booked = this.jdbc.sql("select count(*) from sample_booking where run_id = ?")
			.param(runId)
			.query(Integer.class)
			.single();
		return new Page(calls, effects, booked);
	}

	@Override
	public void close() {
		this.connections.close();
	}

	private static void pause(int paceMs) {
		try {
			Thread.sleep(paceMs);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("The call was interrupted", ex);
		}
	}

	private static long microseconds() {
		return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
	}

	private static BigDecimal seconds(long microseconds) {
		return BigDecimal.valueOf(microseconds, 6);
	}

	/**
	 * What the ledger holds of a run.
	 *
	 * @param calls every call, in the order in which they ended
	 * @param effects how many effects were applied, by step
	 * @param bookings how many bookings were committed
	 */
	record Page(List<Call> calls, Map<String, Integer> effects, int bookings) {
	}

	/**
	 * A call.
	 *
	 * @param step what was done
	 * @param key the idempotency key
	 * @param pid the process that called
	 * @param at when, in seconds since the epoch
	 */
	record Call(String step, String key, long pid, BigDecimal at) {
	}

}
