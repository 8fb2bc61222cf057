package benchmarks.database;

/**
 * Where the SQL of the databases differs.
 */
public enum Dialect {

	/** H2. */
	H2("? format json", "? format json", "greatest", "(select x as i from system_range(1, %d)) n"),

	/** SQLite. */
	SQLITE("?", "?", "max", Dialect.COUNTING),

	/** MariaDB. */
	MARIADB("?", "?", "greatest", "(select seq as i from seq_1_to_%d) n"),

	/** PostgreSQL. */
	POSTGRESQL("cast(? as jsonb)", "cast(? as json)", "greatest", "generate_series(1, %d) n(i)");

	static final String COUNTING = "(with recursive c(i) as (select 1 union all select i + 1 from c where i < %d)"
			+ " select i from c) n";

	private final String json;

	private final String jsonText;

	private final String greatest;

	private final String numbers;

	Dialect(String json, String jsonText, String greatest, String numbers) {
		this.json = json;
		this.jsonText = jsonText;
		this.greatest = greatest;
		this.numbers = numbers;
	}

	/**
	 * Returns a parameter that holds the text of a JSON document.
	 * @return an expression
	 */
	public String json() {
		return this.json;
	}

	/**
	 * Returns a parameter that holds the text of a JSON document, which is kept as it is.
	 * @return an expression
	 */
	public String jsonText() {
		return this.jsonText;
	}

	/**
	 * Returns the greater one of a column and a parameter.
	 * @param column the column
	 * @return an expression
	 */
	public String greatest(String column) {
		return this.greatest + "(" + column + ", ?)";
	}

	/**
	 * Returns a table with the numbers from 1 in a column named {@code n.i}.
	 * @param count how many
	 * @return an item of a from clause
	 */
	public String numbers(int count) {
		return String.format(this.numbers, count);
	}

}
