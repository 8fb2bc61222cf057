package buddy.workflow.internal.definition;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

import buddy.json.internal.Json;
import buddy.workflow.InputConstraints;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowInternals;

/**
 * The definition of a workflow, derived once from its class and settings.
 *
 * @param descriptor the public descriptor
 * @param data supplies the JSON that is stored with each of its sessions; created at the
 * first run, since application startup should not wait for Jackson
 */
public record WorkflowDefinition(WorkflowDescriptor descriptor, Supplier<String> data) {

	/**
	 * Returns the definition of a workflow.
	 * @param workflow the workflow itself, not its proxy
	 */
	public static WorkflowDefinition of(Workflow workflow) {
		return WorkflowInternals.derived(workflow, WorkflowDefinition.class,
				(one) -> new WorkflowDefinition(describe(one), SingletonSupplier.of(() -> describeAsJson(one))));
	}

	/** Returns the JSON that is stored with each of the workflow's sessions. */
	public String dataJson() {
		return this.data.get();
	}

	private static WorkflowDescriptor describe(Workflow workflow) {
		RunMethod method = WorkflowMethods.of(workflow.getClass()).main();
		@SuppressWarnings("unchecked") // the class of a workflow is a subclass of
										// Workflow
		Class<? extends Workflow> type = (Class<? extends Workflow>) ClassUtils.getUserClass(workflow.getClass());
		InputConstraints constraints = WorkflowInternals.constraints(workflow);
		return new WorkflowDescriptor(workflow.workflowId(), workflow.name(), workflow.description(), type,
				method.parameters(), method.returnType().getType(), (schema) -> {
					if (constraints != null) {
						constraints.describe(type, method.method(), schema);
					}
					return schema;
				});
	}

	private static String describeAsJson(Workflow workflow) {
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("name", workflow.name());
		data.put("workflow_id", workflow.workflowId());
		if (!workflow.description().isEmpty()) {
			data.put("description", workflow.description());
		}
		return Json.write(data);
	}

}
