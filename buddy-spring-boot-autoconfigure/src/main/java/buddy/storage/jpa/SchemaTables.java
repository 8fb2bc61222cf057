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
 * Names buddy's tables in SQL with the schema that they are in, where that is not the
 * schema of the connections.
 */
final class SchemaTables {

	/** The tables are in the schema of the connections. */
	static final SchemaTables OF_CONNECTION = new SchemaTables(null, "");

	/** A table by itself, or with the schema that Hibernate was told for all tables. */
	private static final Pattern TABLE = Pattern.compile("(?<![\\w$\"`.])(?:[\"`]?[\\w$]+[\"`]?\\.){0,2}"
			+ "(buddy_(?:workflow_session|workflow_run_event|workflow_run|node))(?![\\w$])");

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
	 * @param schema the name as the database keeps it, or {@code null} for the schema of
	 * the connections
	 * @param database the database
	 */
	static SchemaTables in(@Nullable String schema, Database database) {
		if (schema == null) {
			return OF_CONNECTION;
		}
		String quote = (database == Database.MARIADB) ? "`" : "\"";
		return new SchemaTables(schema, quote + schema + quote + ".");
	}

	/** The schema, or {@code null} for that of the connections. */
	@Nullable String schema() {
		return this.schema;
	}

	/** The same statement on the tables of the schema. */
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

	/** A client whose statements are on the tables of the schema. */
	JdbcClient client(JdbcOperations operations) {
		JdbcClient client = JdbcClient.create(operations);
		return (this.schema != null) ? (sql) -> client.sql(in(sql)) : client;
	}

	/** Lets Hibernate's statements be on the tables of the schema, too. */
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
