package buddy.storage.jpa;

import java.io.Serializable;
import java.time.Instant;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * The row of a ticket of db-scheduler, for the schema; it is read and written by that
 * alone.
 */
@Entity(name = "BuddyTask")
@Table(name = "buddy_task")
@IdClass(TaskEntity.Key.class)
@Cacheable(false)
class TaskEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "task_name", length = 160)
	private String taskName = "";

	@Id
	@Column(name = BuddyNaming.MARK + "task_instance", length = 160)
	private String taskInstance = "";

	@Column(name = BuddyNaming.MARK + "task_data", length = 255)
	private byte @Nullable [] taskData;

	@Column(name = BuddyNaming.MARK + "execution_time", nullable = false)
	private Instant executionTime = Instant.EPOCH;

	@Column(name = BuddyNaming.MARK + "picked", nullable = false)
	private boolean picked;

	@Column(name = BuddyNaming.MARK + "picked_by", length = 64)
	private @Nullable String pickedBy;

	@Column(name = BuddyNaming.MARK + "last_success")
	private @Nullable Instant lastSuccess;

	@Column(name = BuddyNaming.MARK + "last_failure")
	private @Nullable Instant lastFailure;

	@Column(name = BuddyNaming.MARK + "consecutive_failures")
	private @Nullable Integer consecutiveFailures;

	@Column(name = BuddyNaming.MARK + "last_heartbeat")
	private @Nullable Instant lastHeartbeat;

	@Column(name = BuddyNaming.MARK + "version", nullable = false)
	private long version;

	@Column(name = BuddyNaming.MARK + "priority")
	private @Nullable Short priority;

	protected TaskEntity() {
	}

	/**
	 * What tells one ticket from another.
	 *
	 * @param taskName the kind of the work
	 * @param taskInstance what it is done for
	 */
	record Key(String taskName, String taskInstance) implements Serializable {
	}

}
