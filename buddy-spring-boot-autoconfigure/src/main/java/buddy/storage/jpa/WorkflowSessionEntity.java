package buddy.storage.jpa;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

import buddy.storage.StoredSession;

/**
 * The row of a session, for queries; it is written with JDBC.
 */
@Entity(name = "BuddyWorkflowSession")
@Table(name = "buddy_workflow_session")
@Cacheable(false)
class WorkflowSessionEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "session_id", length = 128)
	private String sessionId = "";

	@Column(name = BuddyNaming.MARK + "workflow_id", length = 128, nullable = false)
	private String workflowId = "";

	@Column(name = BuddyNaming.MARK + "user_id", length = 255)
	private @Nullable String userId;

	@Column(name = BuddyNaming.MARK + "session_name", length = 2000)
	private @Nullable String sessionName;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "session_state")
	private @Nullable String state;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "media")
	private @Nullable String media;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "workflow_data")
	private @Nullable String workflowData;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "extra_data")
	private @Nullable String extraData;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "additional")
	private @Nullable String additional;

	@Column(name = BuddyNaming.MARK + "created_at", nullable = false)
	private long createdAt;

	@Column(name = BuddyNaming.MARK + "updated_at", nullable = false)
	private long updatedAt;

	@Column(name = BuddyNaming.MARK + "version", nullable = false)
	private long version;

	@Column(name = BuddyNaming.MARK + "holder_run_id", length = 36)
	private @Nullable String holderRunId;

	protected WorkflowSessionEntity() {
	}

	StoredSession toStoredSession() {
		return new StoredSession(this.sessionId, this.workflowId, this.userId, this.sessionName, this.state, this.media,
				this.workflowData, this.extraData, this.additional, this.createdAt, this.updatedAt, this.version);
	}

}
