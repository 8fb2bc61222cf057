/**
 * Wires buddy into a Spring Boot application: conditions, properties and failure reports.
 */
@NullMarked
package buddy.autoconfigure;

import org.jspecify.annotations.NullMarked;
