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

import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;

/**
 * The row of a run, for queries; it is written with JDBC.
 */
@Entity(name = "BuddyWorkflowRun")
@Table(name = "buddy_workflow_run")
@Cacheable(false)
class WorkflowRunEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "run_id", length = 36)
	private String runId = "";

	@Column(name = BuddyNaming.MARK + "session_id", length = 128, nullable = false)
	private String sessionId = "";

	@Column(name = BuddyNaming.MARK + "workflow_id", length = 128, nullable = false)
	private String workflowId = "";

	@Column(name = BuddyNaming.MARK + "user_id", length = 255)
	private @Nullable String userId;

	@Column(name = BuddyNaming.MARK + "parent_run_id", length = 36)
	private @Nullable String parentRunId;

	@Enumerated(EnumType.STRING)
	@JdbcTypeCode(SqlTypes.VARCHAR)
	@Column(name = BuddyNaming.MARK + "status", length = 16, nullable = false)
	private RunStatus status = RunStatus.RUNNING;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "input")
	private @Nullable String input;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "response")
	private @Nullable String response;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "error")
	private @Nullable String error;

	@Column(name = BuddyNaming.MARK + "created_at", nullable = false)
	private long createdAt;

	@Column(name = BuddyNaming.MARK + "ended_at")
	private @Nullable Long endedAt;

	@Column(name = BuddyNaming.MARK + "owner_node", length = 128)
	private @Nullable String ownerNode;

	@Column(name = BuddyNaming.MARK + "queued_at")
	private @Nullable Long queuedAt;

	@Column(name = BuddyNaming.MARK + "cancel_requested", length = 255)
	private @Nullable String cancelRequested;

	@Column(name = BuddyNaming.MARK + "idempotency_key", length = 64, unique = true)
	private @Nullable String idempotencyKey;

	@Column(name = BuddyNaming.MARK + "idempotency_request", length = 64)
	private @Nullable String idempotencyRequest;

	@Column(name = BuddyNaming.MARK + "last_event")
	private @Nullable Long lastEvent;

	protected WorkflowRunEntity() {
	}

	StoredRun toStoredRun() {
		RunKey key = RunKey.builder()
			.runId(this.runId)
			.workflowId(this.workflowId)
			.sessionId(this.sessionId)
			.userId(this.userId)
			.build();
		return StoredRun.builder(key, this.status)
			.parentRunId(this.parentRunId)
			.input(this.input)
			.response(this.response)
			.error(this.error)
			.createdAt(this.createdAt)
			.endedAt(this.endedAt)
			.lastEvent(this.lastEvent)
			.build();
	}

}
