package buddy.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;

import buddy.autoconfigure.ScheduleDeclarations.Declared;
import buddy.workflow.InvalidScheduleException;
import buddy.workflow.Schedule;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.ScheduleExistsException;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowNotFoundException;
import buddy.workflow.internal.registry.DefaultWorkflowSchedules;
import buddy.workflow.internal.registry.RegisteredWorkflows;

/**
 * Checks the declared schedules while the application starts, and stores them when it has
 * started. Those that are declared no more are deleted, but for schedules of workflows
 * that this node does not know: these belong to other nodes.
 */
class DeclaredSchedules implements SmartInitializingSingleton, SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(DeclaredSchedules.class);

	private static final int PAGE = 200;

	private final RegisteredWorkflows workflows;

	private final @Nullable DefaultWorkflowSchedules schedules;

	private final BuddyProperties properties;

	private final Environment environment;

	private final ListableBeanFactory beans;

	private Map<String, Declared> declared = Map.of();

	private volatile boolean running;

	DeclaredSchedules(RegisteredWorkflows workflows, @Nullable DefaultWorkflowSchedules schedules,
			BuddyProperties properties, Environment environment, ListableBeanFactory beans) {
		this.workflows = workflows;
		this.schedules = schedules;
		this.properties = properties;
		this.environment = environment;
		this.beans = beans;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (!declaresAny()) {
			return; // lazy workflows stay lazy
		}
		Map<String, Declared> all = new ScheduleDeclarations(this.properties, this.environment)
			.of(this.workflows.classes());
		DefaultWorkflowSchedules store = this.schedules;
		if (store == null) {
			if (!all.isEmpty()) {
				logger.warn("The schedules {} do not fire: schedules need a database; add spring-boot-starter-data-jpa"
						+ " and a database", all.keySet());
			}
			return;
		}
		all.values().forEach((one) -> check(store, one.definition()));
		this.declared = all;
	}

	private boolean declaresAny() {
		return this.properties.workflows().values().stream().anyMatch((one) -> one.schedule() != null)
				|| Arrays.stream(this.beans.getBeanNamesForType(Workflow.class, true, false)).anyMatch((name) -> {
					Class<?> type = this.beans.getType(name, false);
					return type != null && ScheduleDeclarations.isDeclared(type);
				});
	}

	private static void check(DefaultWorkflowSchedules store, ScheduleDefinition definition) {
		try {
			store.check(definition);
		}
		catch (InvalidScheduleException | WorkflowNotFoundException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new InvalidScheduleException(definition, "input", String.valueOf(ex.getMessage()), ex);
		}
	}

	@Override
	public void start() {
		DefaultWorkflowSchedules store = this.schedules;
		if (store != null && !this.running) {
			this.declared.values().forEach((one) -> declare(store, one));
			deleteOthers(store);
		}
		this.running = true;
	}

	private static void declare(DefaultWorkflowSchedules store, Declared declared) {
		try {
			store.declare(declared.definition(), declared.source());
		}
		catch (ScheduleExistsException ex) {
			throw new InvalidScheduleException(declared.definition(), "id",
					"there is a stored schedule of the same id, which was made by the API or belongs to another workflow;"
							+ " delete that, or declare another id",
					ex);
		}
	}

	private void deleteOthers(DefaultWorkflowSchedules store) {
		List<Schedule> page = store.list(null, PAGE);
		while (!page.isEmpty()) {
			for (Schedule one : page) {
				if (one.source().isDeclared() && !this.declared.containsKey(one.scheduleId())
						&& this.workflows.classes().containsKey(one.workflowId())) {
					logger.info("Schedule '{}' of workflow '{}' is declared no more, and is deleted", one.scheduleId(),
							one.workflowId());
					store.undeclare(one.scheduleId());
				}
			}
			page = (page.size() < PAGE) ? List.of() : store.list(page.get(page.size() - 1).scheduleId(), PAGE);
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
