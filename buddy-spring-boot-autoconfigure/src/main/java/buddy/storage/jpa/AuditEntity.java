package buddy.storage.jpa;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * The row of an entry of the audit, mapped for the schema only; it is read and written
 * with JDBC.
 */
@Entity(name = "BuddyAudit")
@Table(name = "buddy_workflow_audit")
@Cacheable(false)
class AuditEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "audit_id", length = 36)
	private String auditId = "";

	@Column(name = BuddyNaming.MARK + "acted_at", nullable = false)
	private long actedAt;

	@Column(name = BuddyNaming.MARK + "action", length = 32, nullable = false)
	private String action = "";

	@Column(name = BuddyNaming.MARK + "actor", length = 255)
	private @Nullable String actor;

	@Column(name = BuddyNaming.MARK + "workflow_id", length = 128)
	private @Nullable String workflowId;

	@Column(name = BuddyNaming.MARK + "session_id", length = 128)
	private @Nullable String sessionId;

	@Column(name = BuddyNaming.MARK + "run_id", length = 36)
	private @Nullable String runId;

	@Column(name = BuddyNaming.MARK + "detail", length = 8000)
	private @Nullable String detail;

	protected AuditEntity() {
	}

}
