package buddy.autoconfigure;

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
 */
@ConfigurationProperties("buddy.storage")
record BuddyStorageProperties(@DefaultValue("migrate") SchemaMode schema, @Nullable String entityManagerFactory) {

	JpaStorageSettings toSettings() {
		return new JpaStorageSettings(this.schema, this.entityManagerFactory);
	}

}
