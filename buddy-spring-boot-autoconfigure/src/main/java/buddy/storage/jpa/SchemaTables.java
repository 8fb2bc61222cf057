package buddy.storage.jpa;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import org.hibernate.cfg.AvailableSettings;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Qualifies buddy's tables in SQL with their schema, if it is not the schema of the
 * connections.
 */
final class SchemaTables {

	/** The tables in the schema of the connections. */
	static final SchemaTables OF_CONNECTION = new SchemaTables(null, "");

	/** Matches a table, possibly qualified with Hibernate's default schema. */
	private static final Pattern TABLE = Pattern.compile("(?<![\\w$\"`.])(?:[\"`]?[\\w$]+[\"`]?\\.){0,2}"
			+ "(buddy_(?:workflow_session|workflow_flow_run|workflow_flow|workflow_run_event|workflow_run_step|workflow_run_question|workflow_run|workflow_audit|workflow_budget|workflow_schedule|node|task))(?![\\w$])");

	private static final int MAX_KNOWN = 500;

	private final @Nullable String schema;

	private final String prefix;

	private final Map<String, String> known = new ConcurrentHashMap<>();

	private SchemaTables(@Nullable String schema, String prefix) {
		this.schema = schema;
		this.prefix = prefix;
	}

	/**
	 * Returns the tables in a schema.
	 * @param schema the name in the case that the database uses, or {@code null} for the
	 * schema of the connections
	 * @param database the database
	 */
	static SchemaTables in(@Nullable String schema, Database database) {
		if (schema == null) {
			return OF_CONNECTION;
		}
		String quote = (database == Database.MARIADB) ? "`" : "\"";
		return new SchemaTables(schema, quote + schema + quote + ".");
	}

	/** Returns the schema, or {@code null} for that of the connections. */
	@Nullable String schema() {
		return this.schema;
	}

	/** Qualifies the tables in a statement. */
	String in(String sql) {
		if (this.schema == null) {
			return sql;
		}
		String qualified = this.known.get(sql);
		if (qualified == null) {
			qualified = TABLE.matcher(sql)
				.replaceAll((match) -> java.util.regex.Matcher.quoteReplacement(this.prefix + match.group(1)));
			if (this.known.size() < MAX_KNOWN) {
				this.known.put(sql, qualified);
			}
		}
		return qualified;
	}

	/** Returns a client that qualifies the tables in its statements. */
	JdbcClient client(JdbcOperations operations) {
		JdbcClient client = JdbcClient.create(operations);
		return (this.schema != null) ? (sql) -> client.sql(in(sql)) : client;
	}

	/** Adds a statement inspector that qualifies the tables in Hibernate's statements. */
	void addTo(Map<String, Object> properties) {
		if (this.schema == null) {
			return;
		}
		StatementInspector applications = HibernateSetting.instance(StatementInspector.class,
				properties.get(AvailableSettings.STATEMENT_INSPECTOR));
		properties.put(AvailableSettings.STATEMENT_INSPECTOR, (StatementInspector) (sql) -> {
			String inspected = (applications != null) ? applications.inspect(sql) : sql;
			return in((inspected != null) ? inspected : sql);
		});
	}

}
