package buddy.storage.jpa;

import org.springframework.data.repository.Repository;

/**
 * Queries over the rows of sessions.
 */
interface WorkflowSessionEntityRepository extends Repository<WorkflowSessionEntity, String> {

}
