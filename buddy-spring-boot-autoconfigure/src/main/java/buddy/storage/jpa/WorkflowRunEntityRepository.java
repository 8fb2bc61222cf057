package buddy.storage.jpa;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/**
 * Queries of runs. Pages start strictly after a time and an id, newest first.
 *
 * <p>
 * All methods have their own queries, since the inherited methods of Spring Data would
 * begin a JPA transaction.
 */
interface WorkflowRunEntityRepository extends Repository<WorkflowRunEntity, String> {

	@Query("select r from BuddyWorkflowRun r where r.runId = :runId")
	Optional<WorkflowRunEntity> ofId(String runId);

	@Query("""
			select r from BuddyWorkflowRun r join BuddyWorkflowSession s on s.sessionId = r.sessionId
			where r.runId = :runId
			and (s.userId = :userId or (s.userId is null and :includeUnowned = true))
			and s.workflowId = coalesce(:workflowId, s.workflowId)
			""")
	Optional<WorkflowRunEntity> ofId(String runId, @Nullable String userId, @Nullable String workflowId,
			boolean includeUnowned);

	@Query("""
			select r from BuddyWorkflowRun r
			where r.sessionId = :sessionId and r.createdAt <= :at and (r.createdAt < :at or r.runId < :id)
			order by r.createdAt desc, r.runId desc
			""")
	List<WorkflowRunEntity> ofSession(String sessionId, long at, String id, Limit limit);

	@Query("""
			select r from BuddyWorkflowRun r
			where r.sessionId = :sessionId and r.createdAt <= :at and (r.createdAt < :at or r.runId < :id)
			and exists (select 1 from BuddyWorkflowSession s where s.sessionId = :sessionId
				and (s.userId = :userId or (s.userId is null and :includeUnowned = true))
				and s.workflowId = coalesce(:workflowId, s.workflowId))
			order by r.createdAt desc, r.runId desc
			""")
	List<WorkflowRunEntity> ofSession(String sessionId, @Nullable String userId, @Nullable String workflowId,
			boolean includeUnowned, long at, String id, Limit limit);

}
