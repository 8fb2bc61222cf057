package buddy.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import buddy.storage.jpa.JpaStorageSettings;
import buddy.storage.jpa.SchemaMode;

/**
 * The properties of where sessions and runs are stored.
 *
 * @param schema What to do about buddy's tables at start-up.
 * @param entityManagerFactory Name of the entity manager factory bean to store sessions
 * and runs in. By default, the only or the primary one.
 * @param statementTimeout How long a statement of a run's begin or end, or of what goes
 * on in the background, may take on PostgreSQL and MariaDB. A connection that says
 * nothing for half as long again is dropped. Zero is no limit; let it be shorter than a
 * quarter of buddy.node.lease.
 */
@ConfigurationProperties("buddy.storage")
record BuddyStorageProperties(@DefaultValue("migrate") SchemaMode schema, @Nullable String entityManagerFactory,
		@DefaultValue("10s") Duration statementTimeout) {

	JpaStorageSettings toSettings() {
		return new JpaStorageSettings(this.schema, this.entityManagerFactory, this.statementTimeout);
	}

}
