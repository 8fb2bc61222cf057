package buddy.actuate;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

import buddy.actuate.WorkflowsReport.CancelReport;

/**
 * Web extension that shows values only to authorized callers.
 */
@EndpointWebExtension(endpoint = BuddyWorkflowsEndpoint.class)
public final class BuddyWorkflowsEndpointWebExtension {

	private static final int ACCEPTED = 202;

	private final BuddyWorkflowsEndpoint endpoint;

	private final Show showValues;

	private final Set<String> roles;

	BuddyWorkflowsEndpointWebExtension(BuddyWorkflowsEndpoint endpoint, Show showValues, Set<String> roles) {
		this.endpoint = endpoint;
		this.showValues = showValues;
		this.roles = roles;
	}

	@ReadOperation
	WorkflowsReport workflows(SecurityContext caller) {
		return this.endpoint.workflows(this.showValues.isShown(caller, this.roles));
	}

	@ReadOperation
	@Nullable WorkflowsReport workflow(SecurityContext caller, @Selector String workflowId) {
		return this.endpoint.workflow(workflowId, this.showValues.isShown(caller, this.roles));
	}

	@WriteOperation
	WebEndpointResponse<CancelReport> cancel(@Selector String runId, @Nullable String reason) {
		CancelReport report = this.endpoint.cancel(runId, reason);
		return new WebEndpointResponse<>(report, report.cancelled() ? ACCEPTED : WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
