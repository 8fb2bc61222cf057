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
import buddy.storage.RunOrigin;
import buddy.storage.StoredRun;
import buddy.storage.codec.Payload.Kind;

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

	@Column(name = BuddyNaming.MARK + "earlier_nodes", length = 4000)
	private @Nullable String earlierNodes;

	@Column(name = BuddyNaming.MARK + "queued_at")
	private @Nullable Long queuedAt;

	@Column(name = BuddyNaming.MARK + "cancel_requested", length = 2000)
	private @Nullable String cancelRequested;

	@Column(name = BuddyNaming.MARK + "idempotency_key", length = 64, unique = true)
	private @Nullable String idempotencyKey;

	@Column(name = BuddyNaming.MARK + "idempotency_request", length = 64)
	private @Nullable String idempotencyRequest;

	@Column(name = BuddyNaming.MARK + "last_event")
	private @Nullable Long lastEvent;

	@Column(name = BuddyNaming.MARK + "epoch")
	private @Nullable Integer epoch;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "recipe")
	private @Nullable String recipe;

	@Column(name = BuddyNaming.MARK + "code_version", length = 64)
	private @Nullable String codeVersion;

	@Column(name = BuddyNaming.MARK + "build_id", length = 64)
	private @Nullable String buildId;

	@Column(name = BuddyNaming.MARK + "root_run_id", length = 36)
	private @Nullable String rootRunId;

	@Column(name = BuddyNaming.MARK + "parent_step", length = 512)
	private @Nullable String parentStep;

	@Column(name = BuddyNaming.MARK + "forked_from", length = 36)
	private @Nullable String forkedFrom;

	@Column(name = BuddyNaming.MARK + "resumes")
	private @Nullable Integer resumes;

	@Column(name = BuddyNaming.MARK + "recoveries")
	private @Nullable Integer recoveries;

	@Column(name = BuddyNaming.MARK + "resume_at")
	private @Nullable Long resumeAt;

	@Column(name = BuddyNaming.MARK + "paused_at")
	private @Nullable Long pausedAt;

	@Column(name = BuddyNaming.MARK + "not_before")
	private @Nullable Long notBefore;

	@Column(name = BuddyNaming.MARK + "deadline")
	private @Nullable Long deadline;

	@Column(name = BuddyNaming.MARK + "priority")
	private @Nullable Integer priority;

	@Column(name = BuddyNaming.MARK + "concurrency_key", length = 255)
	private @Nullable String concurrencyKey;

	@Column(name = BuddyNaming.MARK + "error_fingerprint", length = 64)
	private @Nullable String errorFingerprint;

	@Column(name = BuddyNaming.MARK + "tokens")
	private @Nullable Long tokens;

	@Column(name = BuddyNaming.MARK + "error_type", length = 255)
	private @Nullable String errorType;

	@Column(name = BuddyNaming.MARK + "input_tokens")
	private @Nullable Long inputTokens;

	@Column(name = BuddyNaming.MARK + "output_tokens")
	private @Nullable Long outputTokens;

	protected WorkflowRunEntity() {
	}

	StoredRun toStoredRun(StoredPayloads payloads) {
		RunKey key = RunKey.builder()
			.runId(this.runId)
			.workflowId(this.workflowId)
			.sessionId(this.sessionId)
			.userId(this.userId)
			.build();
		return StoredRun.builder(key, this.status)
			.parentRunId(this.parentRunId)
			.input(payloads.decode(this.input, Kind.RUN_INPUT, this.runId))
			.response(payloads.decode(this.response, Kind.RUN_RESPONSE, this.runId))
			.error(payloads.decodeError(this.error, this.runId))
			.createdAt(this.createdAt)
			.endedAt(this.endedAt)
			.lastEvent(this.lastEvent)
			.epoch((this.epoch != null) ? this.epoch : 0)
			.recoveries((this.recoveries != null) ? this.recoveries : 0)
			.origin(new RunOrigin(this.parentStep, this.recipe, this.codeVersion, this.forkedFrom))
			.deadline(this.deadline)
			.build();
	}

}
