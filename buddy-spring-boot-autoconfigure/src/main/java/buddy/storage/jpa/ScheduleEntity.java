package buddy.storage.jpa;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * The row of a schedule, for the schema; it is read and written by JDBC.
 */
@Entity(name = "BuddySchedule")
@Table(name = "buddy_workflow_schedule")
@Cacheable(false)
class ScheduleEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "schedule_id", length = 128)
	private String scheduleId = "";

	@Column(name = BuddyNaming.MARK + "workflow_id", length = 128, nullable = false)
	private String workflowId = "";

	@Column(name = BuddyNaming.MARK + "cron", length = 255)
	private @Nullable String cron;

	@Column(name = BuddyNaming.MARK + "every_millis")
	private @Nullable Long everyMillis;

	@Column(name = BuddyNaming.MARK + "zone", length = 64, nullable = false)
	private String zone = "";

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "input", nullable = false)
	private String input = "";

	@Column(name = BuddyNaming.MARK + "user_id", length = 255)
	private @Nullable String userId;

	@Column(name = BuddyNaming.MARK + "session_id", length = 128)
	private @Nullable String sessionId;

	@Column(name = BuddyNaming.MARK + "missed", length = 16, nullable = false)
	private String missed = "";

	@Column(name = BuddyNaming.MARK + "source", length = 16, nullable = false)
	private String source = "";

	@Column(name = BuddyNaming.MARK + "paused", nullable = false)
	private boolean paused;

	@Column(name = BuddyNaming.MARK + "created_at", nullable = false)
	private long createdAt;

	@Column(name = BuddyNaming.MARK + "updated_at", nullable = false)
	private long updatedAt;

	@Column(name = BuddyNaming.MARK + "next_fire_at")
	private @Nullable Long nextFireAt;

	@Column(name = BuddyNaming.MARK + "last_fire_at")
	private @Nullable Long lastFireAt;

	@Column(name = BuddyNaming.MARK + "last_run_id", length = 36)
	private @Nullable String lastRunId;

	@Column(name = BuddyNaming.MARK + "version", nullable = false)
	private int version;

	protected ScheduleEntity() {
	}

}
