package buddy.storage.jpa;

import java.io.Serializable;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * The row of a queued run that a limit counts or holds, for the schema; it is read and
 * written by JDBC.
 */
@Entity(name = "BuddyFlowRun")
@Table(name = "buddy_workflow_flow_run")
@IdClass(FlowRunEntity.Key.class)
@Cacheable(false)
class FlowRunEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "flow_key", length = 450)
	private String flowKey = "";

	@Id
	@Column(name = BuddyNaming.MARK + "run_id", length = 36)
	private String runId = "";

	@Column(name = BuddyNaming.MARK + "held", nullable = false)
	private int held;

	@Column(name = BuddyNaming.MARK + "starts_at")
	private @Nullable Long startsAt;

	protected FlowRunEntity() {
	}

	/**
	 * What tells one row from another.
	 *
	 * @param flowKey the limit
	 * @param runId the run
	 */
	record Key(String flowKey, String runId) implements Serializable {
	}

}
