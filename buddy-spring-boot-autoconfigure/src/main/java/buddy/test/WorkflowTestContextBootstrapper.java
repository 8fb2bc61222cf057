package buddy.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/**
 * Starts the context of a {@link WorkflowTest}.
 */
final class WorkflowTestContextBootstrapper extends TestSliceTestContextBootstrapper<WorkflowTest> {

}
