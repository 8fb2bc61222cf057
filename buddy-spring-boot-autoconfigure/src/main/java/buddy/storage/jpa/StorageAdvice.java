package buddy.storage.jpa;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Advice for a database that cannot be opened or written, by the error of its driver.
 */
public enum StorageAdvice {

	/** The file of an embedded database is locked by another process. */
	LOCKED("The file of the database is in use by another process.", Set.of(90020), Set.of(),
			Set.of("already in use", "SQLITE_BUSY"),
			"Stop the other process, or give each one its own file (spring.datasource.url). Several processes can"
					+ " share an H2 file with ;AUTO_SERVER=TRUE in the URL of each; better use a database server."),

	/** The database, the file or the server is read-only. */
	READ_ONLY("The database is read-only.", Set.of(90097, 1290, 1792), Set.of("25006"), Set.of("SQLITE_READONLY"),
			"Open it for writing: leave ACCESS_MODE_DATA=r (H2), mode=ro or immutable=1 (SQLite) and a pool's read-only"
					+ " setting out, let the operating system's user write the file and its directory, or point"
					+ " spring.datasource.url at the primary server rather than at a replica."),

	/** The file of an embedded database cannot be opened or created. */
	NO_FILE("The file of the database cannot be opened or created.", Set.of(90028, 90029, 90030, 90031, 90062, 50000),
			Set.of(), Set.of("SQLITE_CANTOPEN"),
			"Check that the directory in spring.datasource.url exists and that the operating system's user may write in"
					+ " it, or choose another directory.");

	/**
	 * The maximum number of causes to follow, since a chain of causes may be circular.
	 */
	private static final int MAX_CAUSES = 30;

	private final String description;

	private final Set<Integer> codes;

	private final Set<String> states;

	private final Set<String> texts;

	private final String action;

	StorageAdvice(String description, Set<Integer> codes, Set<String> states, Set<String> texts, String action) {
		this.description = description;
		this.codes = codes;
		this.states = states;
		this.texts = texts;
		this.action = action;
	}

	/**
	 * Finds the advice for a failure.
	 * @param failure the exception, however it is wrapped
	 * @return the advice, or {@code null} if there is none
	 */
	public static @Nullable StorageAdvice of(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
			if (cause instanceof SQLException ex) {
				StorageAdvice found = Arrays.stream(values())
					.filter((advice) -> advice.fits(ex))
					.findFirst()
					.orElse(null);
				if (found != null) {
					return found;
				}
			}
			cause = cause.getCause();
		}
		return null;
	}

	private boolean fits(SQLException ex) {
		String message = String.valueOf(ex.getMessage());
		return this.codes.contains(ex.getErrorCode()) || this.states.contains(String.valueOf(ex.getSQLState()))
				|| this.texts.stream().anyMatch(message::contains);
	}

	/**
	 * Returns the description of the problem.
	 * @return a sentence
	 */
	public String description() {
		return this.description;
	}

	/**
	 * Returns the suggested action.
	 * @return sentences that name the properties
	 */
	public String action() {
		return this.action;
	}

}
