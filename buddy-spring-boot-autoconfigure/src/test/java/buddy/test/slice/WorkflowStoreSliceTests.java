package buddy.test.slice;

import javax.sql.DataSource;

import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;
import buddy.test.AutoConfigureWorkflowStore;
import buddy.test.RecordedRuns;
import buddy.test.WorkflowTest;
import buddy.test.slice.SliceApplication.CountWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * The slice over a database.
 */
@WorkflowTest
@AutoConfigureWorkflowStore
class WorkflowStoreSliceTests {

	@Autowired
	private CountWorkflow count;

	@Autowired
	private RecordedRuns runs;

	@Autowired
	private WorkflowSessionRepository store;

	@Autowired
	private DataSource dataSource;

	@RepeatedTest(2)
	void runsAreInTheDatabaseUntilTheirTestEnds() {
		JdbcClient database = JdbcClient.create(this.dataSource);
		assertThat(this.store).isNotInstanceOf(MapWorkflowSessionRepository.class);
		assertThat(database.sql("select count(*) from buddy_workflow_run").query(Long.class).single()).isZero();
		this.count.run("s1", 4);
		assertThat(database.sql("select count(*) from buddy_workflow_run").query(Long.class).single()).isOne();
		assertThat(this.runs.last()).completed().hasContent(4).hasStateEntry("count", 4);
	}

}
