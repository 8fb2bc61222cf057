package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import jakarta.persistence.Table;
import org.hibernate.cfg.AvailableSettings;
import org.jspecify.annotations.Nullable;

/**
 * Adds buddy's entities to those of an entity manager factory.
 */
final class BuddyEntities {

	private static final List<Class<?>> TYPES = List.of(WorkflowSessionEntity.class, WorkflowRunEntity.class,
			NodeEntity.class, RunEventEntity.class);

	private static final List<String> TABLES = TYPES.stream()
		.map((type) -> type.getAnnotation(Table.class).name())
		.toList();

	private BuddyEntities() {
	}

	/** Returns whether a table is one of buddy's. */
	static boolean isTable(String name) {
		return TABLES.stream().anyMatch(name::equalsIgnoreCase);
	}

	static void addTo(Map<String, Object> properties) {
		List<Object> loaded = new ArrayList<>(asList(properties.get(AvailableSettings.LOADED_CLASSES)));
		loaded.addAll(TYPES);
		properties.put(AvailableSettings.LOADED_CLASSES, loaded);
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
