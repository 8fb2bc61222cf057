package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import jakarta.persistence.Table;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Environment;
import org.hibernate.tool.schema.spi.SchemaFilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * Adds buddy's entities to an entity manager factory, beside what the application set.
 */
final class BuddyEntities {

	private static final List<Class<?>> TYPES = List.of(WorkflowSessionEntity.class, WorkflowRunEntity.class,
			NodeEntity.class, RunEventEntity.class);

	private static final List<String> TABLES = TYPES.stream()
		.map((type) -> type.getAnnotation(Table.class).name())
		.toList();

	private BuddyEntities() {
	}

	static boolean isTable(String name) {
		return TABLES.stream().anyMatch(name::equalsIgnoreCase);
	}

	/**
	 * Adds the entities, and the naming that belongs to them.
	 */
	static void addTo(Map<String, Object> properties) {
		List<Object> loaded = new ArrayList<>(asList(properties.get(AvailableSettings.LOADED_CLASSES)));
		loaded.addAll(TYPES);
		properties.put(AvailableSettings.LOADED_CLASSES, loaded);
		Object naming = properties.getOrDefault(AvailableSettings.PHYSICAL_NAMING_STRATEGY,
				Environment.getProperties().get(AvailableSettings.PHYSICAL_NAMING_STRATEGY));
		properties.put(AvailableSettings.PHYSICAL_NAMING_STRATEGY, BuddyNaming.before(naming));
	}

	/**
	 * Keeps Hibernate from creating, changing and dropping the tables of the entities.
	 * @param properties the settings of the entity manager factory
	 * @param validated whether it may look for them: they are where it looks
	 */
	static void keepTablesIn(Map<String, Object> properties, boolean validated) {
		SchemaFilterProvider applications = HibernateSetting.instance(SchemaFilterProvider.class,
				properties.get(AvailableSettings.HBM2DDL_FILTER_PROVIDER));
		properties.put(AvailableSettings.HBM2DDL_FILTER_PROVIDER, new BuddyTablesKept(applications, validated));
	}

	private static Collection<?> asList(@Nullable Object value) {
		if (value instanceof Collection<?> several) {
			return several;
		}
		if (value instanceof Object[] several) {
			return Arrays.asList(several);
		}
		return (value != null) ? List.of(value) : List.of();
	}

}
