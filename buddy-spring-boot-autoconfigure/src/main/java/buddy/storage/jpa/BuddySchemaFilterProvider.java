package buddy.storage.jpa;

import java.util.Map;

import org.hibernate.boot.model.relational.Namespace;
import org.hibernate.boot.model.relational.Sequence;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.mapping.Table;
import org.hibernate.tool.schema.internal.DefaultSchemaFilterProvider;
import org.hibernate.tool.schema.spi.SchemaFilter;
import org.hibernate.tool.schema.spi.SchemaFilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * Hides buddy's tables from Hibernate's DDL, but not from its validation, since they are
 * managed by buddy's scripts.
 */
final class BuddySchemaFilterProvider implements SchemaFilterProvider {

	private final SchemaFilterProvider applications;

	private final boolean validated;

	private BuddySchemaFilterProvider(@Nullable SchemaFilterProvider applications, boolean validated) {
		this.validated = validated;
		this.applications = (applications != null) ? applications : DefaultSchemaFilterProvider.INSTANCE;
	}

	/**
	 * Keeps Hibernate from creating, changing and dropping the tables of buddy's
	 * entities.
	 * @param properties the settings of the entity manager factory
	 * @param validated whether Hibernate may validate them: they are in the schema where
	 * it looks
	 */
	static void addTo(Map<String, Object> properties, boolean validated) {
		SchemaFilterProvider applications = HibernateSetting.instance(SchemaFilterProvider.class,
				properties.get(AvailableSettings.HBM2DDL_FILTER_PROVIDER));
		properties.put(AvailableSettings.HBM2DDL_FILTER_PROVIDER,
				new BuddySchemaFilterProvider(applications, validated));
	}

	@Override
	public SchemaFilter getCreateFilter() {
		return new WithoutBuddy(this.applications.getCreateFilter());
	}

	@Override
	public SchemaFilter getDropFilter() {
		return new WithoutBuddy(this.applications.getDropFilter());
	}

	@Override
	public SchemaFilter getTruncatorFilter() {
		return new WithoutBuddy(this.applications.getTruncatorFilter());
	}

	@Override
	public SchemaFilter getMigrateFilter() {
		return new WithoutBuddy(this.applications.getMigrateFilter());
	}

	@Override
	public SchemaFilter getValidateFilter() {
		SchemaFilter filter = this.applications.getValidateFilter();
		return this.validated ? filter : new WithoutBuddy(filter);
	}

	private record WithoutBuddy(SchemaFilter applications) implements SchemaFilter {

		@Override
		public boolean includeNamespace(Namespace namespace) {
			return this.applications.includeNamespace(namespace);
		}

		@Override
		public boolean includeTable(Table table) {
			return !BuddyEntities.isTable(table.getName()) && this.applications.includeTable(table);
		}

		@Override
		public boolean includeSequence(Sequence sequence) {
			return this.applications.includeSequence(sequence);
		}

	}

}
