package buddy.storage.jpa;

/**
 * What buddy does with its tables at start-up.
 */
public enum SchemaMode {

	/** Create and update the tables. */
	MIGRATE,

	/** Validate that the tables exist in the version of this library, or fail. */
	VALIDATE,

	/** Do nothing: the tables are managed by Hibernate's DDL or another tool. */
	NONE

}
