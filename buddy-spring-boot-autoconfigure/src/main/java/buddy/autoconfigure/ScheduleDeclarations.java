package buddy.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.Environment;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import buddy.json.internal.Json;
import buddy.workflow.InvalidScheduleException;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.ScheduleSource;
import buddy.workflow.WorkflowSchedule;

/**
 * The schedules that are declared with annotations and properties.
 */
final class ScheduleDeclarations {

	private final BuddyProperties properties;

	private final Environment environment;

	ScheduleDeclarations(BuddyProperties properties, Environment environment) {
		this.properties = properties;
		this.environment = environment;
	}

	/** Returns whether the class of a workflow declares schedules. */
	static boolean isDeclared(Class<?> workflowClass) {
		return annotations(workflowClass).isPresent(WorkflowSchedule.class);
	}

	private static MergedAnnotations annotations(Class<?> workflowClass) {
		return MergedAnnotations.from(ClassUtils.getUserClass(workflowClass));
	}

	/**
	 * Returns the schedules of workflows by their ids.
	 * @param workflows the classes of the workflows, by workflow id
	 * @throws InvalidScheduleException if one cannot be read, or two have the same id
	 */
	Map<String, Declared> of(Map<String, ? extends Class<?>> workflows) {
		Map<String, Declared> all = new LinkedHashMap<>();
		workflows.forEach((workflowId, type) -> of(workflowId, type).forEach((declared) -> {
			Declared other = all.putIfAbsent(declared.definition().scheduleId(), declared);
			if (other != null) {
				throw new InvalidScheduleException(declared.definition(), "id",
						"workflow '" + other.definition().workflowId()
								+ "' declares a schedule of the same id; give one of them another id",
						null);
			}
		}));
		return all;
	}

	private List<Declared> of(String workflowId, Class<?> type) {
		BuddyProperties.Schedule set = this.properties.schedule(workflowId);
		if (set != null && !set.enabled()) {
			return List.of();
		}
		List<Declared> declared = new ArrayList<>();
		annotations(type).stream(WorkflowSchedule.class)
			.map((annotation) -> annotation.synthesize())
			.map((annotation) -> read(workflowId, annotation))
			.forEach(declared::add);
		if (set != null) {
			Declared changed = changedBy(workflowId, declared).orElse(null);
			ScheduleDefinition base = (changed != null) ? changed.definition() : ScheduleDefinition.of(workflowId);
			ScheduleDefinition definition = set.over(base);
			boolean same = changed != null && definition.equals(base);
			declared.remove(changed);
			declared.add(new Declared(definition, same ? ScheduleSource.ANNOTATION : ScheduleSource.PROPERTIES));
		}
		declared.removeIf((one) -> Scheduled.CRON_DISABLED.equals(one.definition().cron()));
		return declared;
	}

	/** Properties change the schedule with the id of the workflow, or the only one. */
	private static Optional<Declared> changedBy(String workflowId, List<Declared> declared) {
		return (declared.size() == 1) ? Optional.of(declared.get(0))
				: declared.stream().filter((one) -> one.definition().scheduleId().equals(workflowId)).findFirst();
	}

	private Declared read(String workflowId, WorkflowSchedule annotation) {
		ScheduleDefinition definition = new ScheduleDefinition(
				Objects.requireNonNullElse(text(annotation.id()), workflowId), workflowId, text(annotation.cron()),
				null, text(annotation.zone()), Map.of(), text(annotation.userId()), text(annotation.sessionId()),
				annotation.missed());
		String every = text(annotation.every());
		if (every != null) {
			definition = new ScheduleDefinition(definition.scheduleId(), workflowId, definition.cron(),
					every(definition, every), definition.zone(), definition.input(), definition.userId(),
					definition.sessionId(), definition.missed());
		}
		String input = text(annotation.input());
		return new Declared((input != null) ? definition.input(input(definition, input)) : definition,
				ScheduleSource.ANNOTATION);
	}

	private @Nullable String text(String value) {
		String resolved = this.environment.resolveRequiredPlaceholders(value);
		return StringUtils.hasText(resolved) ? resolved.strip() : null;
	}

	private static Duration every(ScheduleDefinition definition, String text) {
		try {
			return DurationFormatterUtils.detectAndParse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidScheduleException(definition, "every",
					"'" + text + "' is no interval such as '10m' or 'PT10M'", ex);
		}
	}

	private static Map<String, @Nullable Object> input(ScheduleDefinition definition, String text) {
		try {
			return Json.readMap(text);
		}
		catch (RuntimeException ex) {
			throw new InvalidScheduleException(definition, "input", "its input is no JSON object: " + text, ex);
		}
	}

	/**
	 * A declared schedule.
	 *
	 * @param definition the schedule
	 * @param source where it is declared
	 */
	record Declared(ScheduleDefinition definition, ScheduleSource source) {
	}

}
