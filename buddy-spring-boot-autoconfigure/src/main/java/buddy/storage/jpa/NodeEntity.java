package buddy.storage.jpa;

import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * The row of a node, mapped for the schema only; it is read and written with JDBC, by the
 * clock of the database.
 */
@Entity(name = "BuddyNode")
@Table(name = "buddy_node")
@Cacheable(false)
class NodeEntity {

	@Id
	@Column(name = BuddyNaming.MARK + "node_id", length = 128)
	private String nodeId = "";

	@Column(name = BuddyNaming.MARK + "started_at", nullable = false)
	private long startedAt;

	@Column(name = BuddyNaming.MARK + "seen_at", nullable = false)
	private long seenAt;

	@Column(name = BuddyNaming.MARK + "expires_at", nullable = false)
	private long expiresAt;

	protected NodeEntity() {
	}

}
