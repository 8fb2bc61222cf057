package benchmarks.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.FileSystemUtils;

/**
 * A database with the one pool that all subjects share.
 */
public final class RunningDatabase implements AutoCloseable {

	/** Sixteen at once, and a few that applications need beside their runs. */
	private static final int CONNECTIONS = 20;

	private final BenchmarkDatabase database;

	private final Server server;

	private final Path folder;

	private final HikariDataSource dataSource;

	RunningDatabase(BenchmarkDatabase database, Server server, Path folder) {
		this.database = database;
		this.server = server;
		this.folder = folder;
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(server.url());
		config.setUsername(server.user());
		config.setPassword("");
		config.setMaximumPoolSize(CONNECTIONS);
		config.setConnectionTimeout(300_000);
		this.dataSource = new HikariDataSource(config);
	}

	/**
	 * Returns which database it is.
	 * @return the database
	 */
	public BenchmarkDatabase database() {
		return this.database;
	}

	/**
	 * Returns the pool.
	 * @return the data source
	 */
	public DataSource dataSource() {
		return this.dataSource;
	}

	/**
	 * Deletes all sessions and runs.
	 */
	public void clear() {
		execute(List.of("delete from buddy_workflow_run", "delete from buddy_workflow_session"));
	}

	/**
	 * Does the housekeeping that would otherwise fall into a measurement.
	 */
	public void settle() {
		execute(this.database.settling());
	}

	private void execute(List<String> statements) {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(this.database.title() + " refused one of " + statements, ex);
		}
	}

	/**
	 * Tells version and settings.
	 * @return a line
	 */
	public String description() {
		JdbcTemplate template = new JdbcTemplate(this.dataSource);
		StringBuilder line = new StringBuilder(String.valueOf(template.execute((Connection connection) -> {
			DatabaseMetaData metaData = connection.getMetaData();
			return metaData.getDatabaseProductName() + " " + metaData.getDatabaseProductVersion();
		})));
		for (String setting : this.database.settings()) {
			line.append(", ")
				.append(setting.substring(setting.indexOf(' ') + 1))
				.append('=')
				.append(template.queryForObject(setting, String.class));
		}
		return line.append(", ")
			.append(this.server.url().replace(this.folder.toString(), "…"))
			.append(", pool of ")
			.append(CONNECTIONS)
			.toString();
	}

	@Override
	public void close() {
		this.dataSource.close();
		this.server.stop().run();
		try {
			FileSystemUtils.deleteRecursively(this.folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
