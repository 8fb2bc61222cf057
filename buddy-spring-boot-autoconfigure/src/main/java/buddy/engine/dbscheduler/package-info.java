/**
 * The engine on db-scheduler, in the application's own database.
 */
@NullMarked
package buddy.engine.dbscheduler;

import org.jspecify.annotations.NullMarked;
