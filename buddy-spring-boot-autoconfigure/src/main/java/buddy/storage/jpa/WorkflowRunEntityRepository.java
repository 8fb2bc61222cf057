package buddy.storage.jpa;

import org.springframework.data.repository.Repository;

/**
 * Queries over the rows of runs.
 */
interface WorkflowRunEntityRepository extends Repository<WorkflowRunEntity, String> {

}
