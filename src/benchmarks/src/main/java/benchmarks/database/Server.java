package benchmarks.database;

/**
 * Where a database is reached, and how it is stopped.
 *
 * @param url the JDBC URL
 * @param user the user, who has no password
 * @param stop stops it
 */
record Server(String url, String user, Runnable stop) {

	static Server embedded(String url, String user) {
		return new Server(url, user, () -> {
		});
	}

}
