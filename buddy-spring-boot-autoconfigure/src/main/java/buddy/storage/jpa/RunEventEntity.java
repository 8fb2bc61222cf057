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

/**
 * The row of an event, mapped for the schema only; it is read and written with JDBC.
 */
@Entity(name = "BuddyRunEvent")
@Table(name = "buddy_workflow_run_event")
@IdClass(RunEventEntity.Key.class)
@Cacheable(false)
class RunEventEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "run_id", length = 36)
	private String runId = "";

	@Id
	@Column(name = BuddyNaming.MARK + "epoch")
	private int epoch;

	@Id
	@Column(name = BuddyNaming.MARK + "sequence")
	private long sequence;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "event", nullable = false)
	private String event = "";

	protected RunEventEntity() {
	}

	/**
	 * The key of an event.
	 *
	 * @param runId the run
	 * @param epoch the epoch
	 * @param sequence the number in it
	 */
	record Key(String runId, int epoch, long sequence) implements Serializable {
	}

}
