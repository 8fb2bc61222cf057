package buddy.storage.jpa;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * The row of a limit of queued runs, for the schema; it is read and written by JDBC.
 */
@Entity(name = "BuddyFlow")
@Table(name = "buddy_workflow_flow")
@Cacheable(false)
class FlowEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "flow_key", length = 450)
	private String flowKey = "";

	@Column(name = BuddyNaming.MARK + "next_at", nullable = false)
	private long nextAt;

	protected FlowEntity() {
	}

}
