package buddy.storage.jpa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.persistence.Table;
import org.hibernate.cfg.AvailableSettings;
import org.jspecify.annotations.Nullable;

/**
 * Adds buddy's entities to those of an entity manager factory.
 */
final class BuddyEntities {

	/** What Hibernate reads. */
	private static final List<Class<?>> READ = List.of(WorkflowSessionEntity.class, WorkflowRunEntity.class);

	/** What is read and written by JDBC alone: an entity costs a start some time. */
	private static final List<Class<?>> FOR_SCHEMA = List.of(NodeEntity.class, RunEventEntity.class,
			RunStepEntity.class, QuestionEntity.class, AuditEntity.class, TaskEntity.class, FlowEntity.class,
			FlowRunEntity.class, ScheduleEntity.class, BudgetEntity.class);

	private static final List<String> TABLES = Stream.concat(READ.stream(), FOR_SCHEMA.stream())
		.map((type) -> type.getAnnotation(Table.class).name())
		.toList();

	private BuddyEntities() {
	}

	/** Returns whether a table is one of buddy's. */
	static boolean isTable(String name) {
		return TABLES.stream().anyMatch(name::equalsIgnoreCase);
	}

	/**
	 * Adds the entities.
	 * @param properties the settings of the entity manager factory
	 * @param schema whether Hibernate may create and check all of the tables
	 */
	static void addTo(Map<String, Object> properties, boolean schema) {
		List<Object> loaded = new ArrayList<>(asList(properties.get(AvailableSettings.LOADED_CLASSES)));
		loaded.addAll(READ);
		if (schema) {
			loaded.addAll(FOR_SCHEMA);
		}
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
