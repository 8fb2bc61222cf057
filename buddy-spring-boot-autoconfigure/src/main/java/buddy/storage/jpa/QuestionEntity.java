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
 * The row of a question, for the schema; it is read and written by JDBC.
 */
@Entity(name = "BuddyRunQuestion")
@Table(name = "buddy_workflow_run_question")
@IdClass(QuestionEntity.Key.class)
@Cacheable(false)
class QuestionEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "run_id", length = 36)
	private String runId = "";

	@Id
	@Column(name = BuddyNaming.MARK + "step_key", length = 512)
	private String stepKey = "";

	@Column(name = BuddyNaming.MARK + "status", length = 16, nullable = false)
	private String status = "";

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "answer_schema", nullable = false)
	private String answerSchema = "";

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "shown")
	private @Nullable String shown;

	@Column(name = BuddyNaming.MARK + "assignee", length = 255)
	private @Nullable String assignee;

	@Column(name = BuddyNaming.MARK + "assigned_role", length = 255)
	private @Nullable String assignedRole;

	@Column(name = BuddyNaming.MARK + "asked_at", nullable = false)
	private long askedAt;

	@Column(name = BuddyNaming.MARK + "expires_at")
	private @Nullable Long expiresAt;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "default_answer")
	private @Nullable String defaultAnswer;

	@JdbcTypeCode(SqlTypes.JSON)
	@Column(name = BuddyNaming.MARK + "answer")
	private @Nullable String answer;

	@Column(name = BuddyNaming.MARK + "answered_by", length = 255)
	private @Nullable String answeredBy;

	@Column(name = BuddyNaming.MARK + "answered_at")
	private @Nullable Long answeredAt;

	@Column(name = BuddyNaming.MARK + "token_hash", length = 64)
	private @Nullable String tokenHash;

	protected QuestionEntity() {
	}

	/**
	 * What tells one question from another.
	 *
	 * @param runId the run
	 * @param stepKey the key of the step that waits for the answer
	 */
	record Key(String runId, String stepKey) implements Serializable {
	}

}
