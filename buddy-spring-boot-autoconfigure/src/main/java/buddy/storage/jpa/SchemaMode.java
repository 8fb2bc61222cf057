package buddy.storage.jpa;

/**
 * What buddy does about its tables when the application starts.
 */
public enum SchemaMode {

	/** Create and update them. */
	MIGRATE,

	/** Check that they are there and in the version of this library, or fail. */
	VALIDATE,

	/** Nothing: Hibernate's DDL or another tool of the application owns them. */
	NONE

}
