package buddy.storage.jpa;

import java.util.List;

import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

import buddy.session.SessionSummary;

/**
 * Queries of sessions, one per index. Pages start strictly after a time and an id, last
 * used first.
 */
interface WorkflowSessionEntityRepository extends Repository<WorkflowSessionEntity, String> {

	@Query("""
			select new buddy.session.SessionSummary(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<SessionSummary> all(long at, String id, Limit limit);

	@Query("""
			select new buddy.session.SessionSummary(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<SessionSummary> ofWorkflow(String workflowId, long at, String id, Limit limit);

	@Query("""
			select new buddy.session.SessionSummary(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.userId = :userId and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<SessionSummary> ofUser(String userId, long at, String id, Limit limit);

	@Query("""
			select new buddy.session.SessionSummary(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.userId = :userId
			and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<SessionSummary> ofWorkflowAndUser(String workflowId, String userId, long at, String id, Limit limit);

	@Query("""
			select new buddy.session.SessionSummary(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.userId is null and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<SessionSummary> ofNobody(long at, String id, Limit limit);

	@Query("""
			select new buddy.session.SessionSummary(s.sessionId, s.workflowId, s.userId, s.sessionName, s.createdAt,
				s.updatedAt)
			from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.userId is null
			and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<SessionSummary> ofWorkflowAndNobody(String workflowId, long at, String id, Limit limit);

}
