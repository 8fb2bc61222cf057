package buddy.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/**
 * The context bootstrapper of {@link WorkflowTest}.
 */
final class WorkflowTestContextBootstrapper extends TestSliceTestContextBootstrapper<WorkflowTest> {

}
