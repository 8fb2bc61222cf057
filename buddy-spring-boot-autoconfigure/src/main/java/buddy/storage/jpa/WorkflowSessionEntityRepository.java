package buddy.storage.jpa;

import java.util.List;

import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/**
 * Queries of sessions, one per index. Pages start strictly after a time and an id, last
 * used first.
 */
interface WorkflowSessionEntityRepository extends Repository<WorkflowSessionEntity, String> {

	@Query("""
			select new buddy.storage.jpa.ListedSession(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<ListedSession> all(long at, String id, Limit limit);

	@Query("""
			select new buddy.storage.jpa.ListedSession(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<ListedSession> ofWorkflow(String workflowId, long at, String id, Limit limit);

	@Query("""
			select new buddy.storage.jpa.ListedSession(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.userId = :userId and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<ListedSession> ofUser(String userId, long at, String id, Limit limit);

	@Query("""
			select new buddy.storage.jpa.ListedSession(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.userId = :userId
			and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<ListedSession> ofWorkflowAndUser(String workflowId, String userId, long at, String id, Limit limit);

	@Query("""
			select new buddy.storage.jpa.ListedSession(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.userId is null and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<ListedSession> ofNobody(long at, String id, Limit limit);

	@Query("""
			select new buddy.storage.jpa.ListedSession(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.userId is null
			and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<ListedSession> ofWorkflowAndNobody(String workflowId, long at, String id, Limit limit);

}
