package buddy.storage.jpa;

import java.util.List;

import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/**
 * Queries the sessions. The pages start strictly after a time and an id, last used first;
 * one query for each index.
 */
interface WorkflowSessionEntityRepository extends Repository<WorkflowSessionEntity, String> {

	@Query("""
			select s from BuddyWorkflowSession s
			where s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<WorkflowSessionEntity> all(long at, String id, Limit limit);

	@Query("""
			select s from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<WorkflowSessionEntity> ofWorkflow(String workflowId, long at, String id, Limit limit);

	@Query("""
			select s from BuddyWorkflowSession s
			where s.userId = :userId and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<WorkflowSessionEntity> ofUser(String userId, long at, String id, Limit limit);

	@Query("""
			select s from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.userId = :userId
			and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<WorkflowSessionEntity> ofWorkflowAndUser(String workflowId, String userId, long at, String id, Limit limit);

	@Query("""
			select s from BuddyWorkflowSession s
			where s.userId is null and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<WorkflowSessionEntity> ofNobody(long at, String id, Limit limit);

	@Query("""
			select s from BuddyWorkflowSession s
			where s.workflowId = :workflowId and s.userId is null
			and s.updatedAt <= :at and (s.updatedAt < :at or s.sessionId < :id)
			order by s.updatedAt desc, s.sessionId desc
			""")
	List<WorkflowSessionEntity> ofWorkflowAndNobody(String workflowId, long at, String id, Limit limit);

}
