package buddy.storage.jpa;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

import buddy.run.RunStatus;
import buddy.session.StoredRun;

/**
 * The row of a run, for queries; runs write it by JDBC.
 */
@Entity(name = "BuddyWorkflowRun")
@Table(name = "buddy_workflow_run")
@Cacheable(false)
class WorkflowRunEntity {

	@Id
	@Column(name = "run_id", length = 36)
	private String runId = "";

	@Column(name = "session_id", length = 128, nullable = false)
	private String sessionId = "";

	@Column(name = "workflow_id", length = 128, nullable = false)
	private String workflowId = "";

	@Column(name = "user_id", length = 255)
	private @Nullable String userId;

	@Column(name = "parent_run_id", length = 36)
	private @Nullable String parentRunId;

	@Enumerated(EnumType.STRING)
	@JdbcTypeCode(SqlTypes.VARCHAR)
	@Column(name = "status", length = 16, nullable = false)
	private RunStatus status = RunStatus.RUNNING;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = "input")
	private @Nullable String input;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = "response")
	private @Nullable String response;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = "error")
	private @Nullable String error;

	@Column(name = "created_at", nullable = false)
	private long createdAt;

	@Column(name = "ended_at")
	private @Nullable Long endedAt;

	protected WorkflowRunEntity() {
	}

	StoredRun toStoredRun() {
		return new StoredRun(this.runId, this.sessionId, this.workflowId, this.userId, this.parentRunId, this.status,
				this.input, this.response, this.error, this.createdAt, this.endedAt);
	}

}
