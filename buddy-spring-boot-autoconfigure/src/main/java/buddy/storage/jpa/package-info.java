/**
 * Storage of sessions and runs in the application's database, with JPA for queries, and
 * with JDBC on the same data source for the beginning and end of runs.
 */
@NullMarked
package buddy.storage.jpa;

import org.jspecify.annotations.NullMarked;
