package buddy.web;

import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.session.Ids;
import buddy.workflow.WorkflowRegistry;

/**
 * The routes to read workflows.
 */
final class WorkflowRoutes {

	private final WorkflowRegistry registry;

	WorkflowRoutes(WorkflowRegistry registry) {
		this.registry = registry;
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query.of(request);
		return Answer.page(this.registry.published().stream().map(Views::workflow).toList(), null);
	}

	ServerResponse find(ServerRequest request, Caller caller) {
		Query.of(request);
		String workflowId = Ids.requireWorkflowId(request.pathVariable("id"));
		return this.registry.findPublished(workflowId)
			.map((workflow) -> Answer.ok(Views.workflowWithInput(workflow)))
			.orElseThrow(() -> Problems.workflowNotFound(workflowId).refusal());
	}

}
