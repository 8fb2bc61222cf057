package buddy.storage.jpa;

import java.util.Locale;

import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.naming.PhysicalNamingStrategy;
import org.hibernate.boot.model.naming.PhysicalNamingStrategyStandardImpl;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Gives buddy's tables and columns the names of its scripts, unquoted, whatever the
 * application's naming strategy and quoting are; all other names are the application's.
 *
 * <p>
 * A naming strategy sees a name and not its entity, so buddy's columns carry a mark that
 * no other column has. It never reaches the database.
 */
final class BuddyNaming implements PhysicalNamingStrategy {

	/** Begins the name of every column in buddy's entities. */
	static final String MARK = "buddy$";

	private final PhysicalNamingStrategy others;

	private BuddyNaming(PhysicalNamingStrategy others) {
		this.others = others;
	}

	/**
	 * Returns this naming in front of the application's.
	 * @param applications the value of the application's setting, or {@code null} for
	 * Hibernate's default
	 */
	static BuddyNaming before(@Nullable Object applications) {
		PhysicalNamingStrategy others = HibernateSetting.instance(PhysicalNamingStrategy.class, applications);
		return new BuddyNaming((others != null) ? others : new PhysicalNamingStrategyStandardImpl());
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
