package buddy.autoconfigure;

import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import buddy.storage.codec.AesPayloadCodec;
import buddy.storage.codec.PayloadCodec;
import buddy.storage.jpa.JpaStorageSettings;
import buddy.storage.jpa.SchemaMode;
import buddy.storage.jpa.StorageSetupException;

/**
 * Properties for the storage of sessions and runs.
 *
 * @param schema What to do with buddy's tables at start-up.
 * @param entityManagerFactory Name of the entity manager factory bean to store sessions
 * and runs in. By default, the only or the primary one.
 * @param statementTimeout Timeout of buddy's statements at the beginning and end of runs
 * and in the background, on PostgreSQL and MariaDB. A connection that does not respond
 * for 1.5 times as long is closed. Zero is no limit. It should be less than a quarter of
 * buddy.node.lease.
 * @param schemaName Name of the schema of buddy's tables, in the case that the database
 * uses; on MariaDB the name of the database. By default, that of the data source's
 * connections.
 * @param migration Separate database user that creates and changes buddy's tables.
 * @param encryption Encryption of what is stored of inputs, results, states, messages and
 * events.
 */
@ConfigurationProperties("buddy.storage")
record BuddyStorageProperties(@DefaultValue("migrate") SchemaMode schema, @Nullable String entityManagerFactory,
		@DefaultValue("10s") Duration statementTimeout, @Nullable String schemaName, @DefaultValue Migration migration,
		@DefaultValue Encryption encryption) {

	JpaStorageSettings toSettings() {
		return new JpaStorageSettings(this.schema, this.entityManagerFactory, this.statementTimeout, this.schemaName,
				new JpaStorageSettings.Migration(this.migration.url(), this.migration.username(),
						this.migration.password()));
	}

	/**
	 * Database user that creates and changes the tables.
	 *
	 * @param url JDBC URL. By default, that of the data source.
	 * @param username User who may create tables. By default, that of the data source.
	 * @param password Password of that user.
	 */
	record Migration(@Nullable String url, @Nullable String username, @Nullable String password) {
	}

	/**
	 * Encryption with AES.
	 *
	 * @param currentKey Id of the key that encrypts. By default, nothing is encrypted.
	 * @param keys Keys by their ids, of 16, 24 or 32 bytes in Base64. Earlier keys
	 * decrypt what is stored with them.
	 */
	record Encryption(@Nullable String currentKey, @DefaultValue Map<String, String> keys) {

		Encryption {
			keys = Map.copyOf(keys);
			if (currentKey == null && !keys.isEmpty()) {
				throw refused("There are keys, and no current one");
			}
		}

		PayloadCodec toCodec() {
			Map<String, byte[]> decoded = new LinkedHashMap<>();
			this.keys.forEach((id, key) -> decoded.put(id, decode(id, key)));
			try {
				return new AesPayloadCodec(Objects.requireNonNull(this.currentKey), decoded);
			}
			catch (IllegalArgumentException ex) {
				throw refused(ex.getMessage());
			}
		}

		private static StorageSetupException refused(@Nullable String fault) {
			return new StorageSetupException("buddy.storage.encryption cannot be used: " + fault + ".",
					"Set buddy.storage.encryption.current-key to the id of one of buddy.storage.encryption.keys, each of"
							+ " which has 16, 24 or 32 bytes in Base64, as 'openssl rand -base64 32' makes them.");
		}

		private static byte[] decode(String id, String key) {
			try {
				return Base64.getDecoder().decode(key.strip());
			}
			catch (IllegalArgumentException ex) {
				// the message of the cause has characters of the key
				throw refused("Key '" + id + "' is not Base64");
			}
		}

	}

}
