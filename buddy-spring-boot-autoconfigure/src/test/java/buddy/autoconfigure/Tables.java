package buddy.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import javax.sql.DataSource;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcUtils;

import buddy.storage.StoredSession;

/** What a database holds, seen past Hibernate, and what Hibernate sees of it. */
final class Tables {

	private final DataSource dataSource;

	Tables(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/** The names of the tables, in lower case. */
	List<String> names() throws Exception {
		return JdbcUtils.extractDatabaseMetaData(this.dataSource, (metaData) -> {
			try (var rows = metaData.getTables(metaData.getConnection().getCatalog(),
					metaData.getConnection().getSchema(), "%", new String[] { "TABLE", "BASE TABLE" })) {
				var names = new ArrayList<String>();
				while (rows.next()) {
					names.add(rows.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
				}
				return names;
			}
		});
	}

	/** Writes a session as a run does, by plain SQL. */
	void insertSession(String sessionId) {
		new JdbcTemplate(this.dataSource).update(
				"insert into buddy_workflow_session"
						+ " (session_id, workflow_id, created_at, updated_at, version) values (?, 'w', 1, 2, 3)",
				sessionId);
	}

	/** A session as the repository stores it. */
	static StoredSession session(String sessionId) {
		return new StoredSession(sessionId, "w", null, null, "{\"count\":1}", null, null, null, null, 1, 2, 3);
	}

	/** Reads all sessions and runs with all of their columns through the entities. */
	static List<String> sessions(EntityManagerFactory factory) {
		try (EntityManager entities = factory.createEntityManager()) {
			entities.createQuery("select r from BuddyWorkflowRun r").getResultList();
			entities.createQuery("select s from BuddyWorkflowSession s").getResultList();
			return entities
				.createQuery("select s.sessionId from BuddyWorkflowSession s order by s.sessionId", String.class)
				.getResultList();
		}
	}

}
