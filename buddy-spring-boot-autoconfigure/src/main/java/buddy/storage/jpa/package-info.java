/**
 * Stores sessions and runs in the application's own database, through JPA for queries and
 * through JDBC on the same data source where a run begins and ends.
 */
@NullMarked
package buddy.storage.jpa;

import org.jspecify.annotations.NullMarked;
