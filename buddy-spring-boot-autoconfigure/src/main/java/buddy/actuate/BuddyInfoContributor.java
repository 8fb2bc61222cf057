package buddy.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

import buddy.workflow.WorkflowRegistry;

/**
 * Contributes the version of buddy and the number of workflows.
 */
final class BuddyInfoContributor implements InfoContributor {

	private final WorkflowRegistry workflows;

	BuddyInfoContributor(WorkflowRegistry workflows) {
		this.workflows = workflows;
	}

	@Override
	public void contribute(Info.Builder builder) {
		Map<String, Object> buddy = new LinkedHashMap<>();
		String version = WorkflowRegistry.class.getPackage().getImplementationVersion();
		if (version != null) { // from the manifest of the jar
			buddy.put("version", version);
		}
		buddy.put("workflows", this.workflows.workflows().size());
		builder.withDetail("buddy", buddy);
	}

}
