package buddy.storage.jpa;

import java.io.Serializable;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * The row of a step, for the schema; it is read and written by JDBC.
 */
@Entity(name = "BuddyRunStep")
@Table(name = "buddy_workflow_run_step")
@IdClass(RunStepEntity.Key.class)
@Cacheable(false)
class RunStepEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "run_id", length = 36)
	private String runId = "";

	@Id
	@Column(name = BuddyNaming.MARK + "step_key", length = 512)
	private String stepKey = "";

	@Column(name = BuddyNaming.MARK + "position", nullable = false)
	private int position;

	@Column(name = BuddyNaming.MARK + "kind", length = 16, nullable = false)
	private String kind = "";

	@Column(name = BuddyNaming.MARK + "status", length = 16, nullable = false)
	private String status = "";

	@Column(name = BuddyNaming.MARK + "attempts", nullable = false)
	private int attempts;

	@Column(name = BuddyNaming.MARK + "epoch", nullable = false)
	private int epoch;

	@Column(name = BuddyNaming.MARK + "codec", length = 32)
	private @Nullable String codec;

	@Column(name = BuddyNaming.MARK + "digest", length = 64)
	private @Nullable String digest;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "result")
	private @Nullable String result;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "error")
	private @Nullable String error;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "state_operations")
	private @Nullable String stateOperations;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "state_base")
	private @Nullable String stateBase;

	@Column(name = BuddyNaming.MARK + "base_version")
	private @Nullable Long baseVersion;

	@Column(name = BuddyNaming.MARK + "last_event")
	private @Nullable Long lastEvent;

	@Column(name = BuddyNaming.MARK + "started_at", nullable = false)
	private long startedAt;

	@Column(name = BuddyNaming.MARK + "ended_at")
	private @Nullable Long endedAt;

	@Column(name = BuddyNaming.MARK + "due_at")
	private @Nullable Long dueAt;

	protected RunStepEntity() {
	}

	/**
	 * What tells one step from another.
	 *
	 * @param runId the run
	 * @param stepKey the step's key
	 */
	record Key(String runId, String stepKey) implements Serializable {
	}

}
