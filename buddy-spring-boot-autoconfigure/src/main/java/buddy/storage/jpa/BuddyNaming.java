package buddy.storage.jpa;

import java.util.Locale;
import java.util.Map;

import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.naming.PhysicalNamingStrategy;
import org.hibernate.boot.model.naming.PhysicalNamingStrategyStandardImpl;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Environment;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Naming strategy that gives buddy's tables and columns the unquoted names of its
 * scripts, whatever the application's naming strategy and quoting are. All other names
 * are left to the application's strategy.
 *
 * <p>
 * A naming strategy gets a name without its entity, so buddy's columns have a prefix that
 * is unlikely in other columns. It never reaches the database.
 */
final class BuddyNaming implements PhysicalNamingStrategy {

	/** The prefix of every column in buddy's entities. */
	static final String MARK = "buddy$";

	private final PhysicalNamingStrategy others;

	private BuddyNaming(PhysicalNamingStrategy others) {
		this.others = others;
	}

	/**
	 * Puts this naming in front of the application's.
	 * @param properties the settings of the entity manager factory
	 */
	static void addTo(Map<String, Object> properties) {
		Object configured = properties.getOrDefault(AvailableSettings.PHYSICAL_NAMING_STRATEGY,
				Environment.getProperties().get(AvailableSettings.PHYSICAL_NAMING_STRATEGY));
		PhysicalNamingStrategy others = HibernateSetting.instance(PhysicalNamingStrategy.class, configured);
		properties.put(AvailableSettings.PHYSICAL_NAMING_STRATEGY,
				new BuddyNaming((others != null) ? others : new PhysicalNamingStrategyStandardImpl()));
	}

	@Override
	public @Nullable Identifier toPhysicalCatalogName(@Nullable Identifier name, JdbcEnvironment environment) {
		return this.others.toPhysicalCatalogName(name, environment);
	}

	@Override
	public @Nullable Identifier toPhysicalSchemaName(@Nullable Identifier name, JdbcEnvironment environment) {
		return this.others.toPhysicalSchemaName(name, environment);
	}

	@Override
	public Identifier toPhysicalTableName(Identifier name, JdbcEnvironment environment) {
		return BuddyEntities.isTable(name.getText()) ? unquoted(name.getText().toLowerCase(Locale.ROOT))
				: this.others.toPhysicalTableName(name, environment);
	}

	@Override
	public Identifier toPhysicalSequenceName(Identifier name, JdbcEnvironment environment) {
		return this.others.toPhysicalSequenceName(name, environment);
	}

	@Override
	public Identifier toPhysicalColumnName(Identifier name, JdbcEnvironment environment) {
		return name.getText().startsWith(MARK) ? unquoted(name.getText().substring(MARK.length()))
				: this.others.toPhysicalColumnName(name, environment);
	}

	@Override
	public Identifier toPhysicalTypeName(Identifier name, JdbcEnvironment environment) {
		return this.others.toPhysicalTypeName(name, environment);
	}

	private static Identifier unquoted(String name) {
		return new Identifier(name, false);
	}

}
