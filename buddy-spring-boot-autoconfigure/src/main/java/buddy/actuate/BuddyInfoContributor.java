package buddy.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

import buddy.workflow.WorkflowRegistry;

/**
 * Tells which version of buddy the application has, and how many workflows.
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
		if (version != null) { // it is in the manifest of the jar
			buddy.put("version", version);
		}
		buddy.put("workflows", this.workflows.workflows().size());
		builder.withDetail("buddy", buddy);
	}

}
