package buddy.test.slice;

import java.util.Map;
import java.util.concurrent.Executor;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import buddy.test.AutoConfigureRecordedRuns;
import buddy.test.RecordedRuns;
import buddy.test.RunCrashes;
import buddy.test.slice.SliceApplication.ShippingWorkflow;
import buddy.workflow.StartOptions;
import buddy.workflow.WorkflowRegistry;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * Crashes in a test of the whole application.
 */
@SpringBootTest(classes = { SliceApplication.class, ShippingWorkflow.class },
		properties = { "spring.datasource.url=jdbc:h2:mem:${random.uuid};DB_CLOSE_DELAY=-1",
				"buddy.scan.enabled=false" },
		webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigureRecordedRuns
class CrashApplicationTests {

	@Autowired
	private WorkflowRegistry registry;

	@Autowired
	private RunCrashes crashes;

	@Autowired
	private RecordedRuns runs;

	@Test
	void startedRunGoesOnAfterTheCrash() {
		Executor threads = (task) -> new Thread(task).start();
		String runId = this.crashes.crashAfter("pack")
			.in(() -> this.registry.start("shipping", Map.of("number", "A-1"), StartOptions.on(threads)));
		assertThat(this.crashes.resume(runId)).hasContent("A-1 is packed and sent");
		assertThat(this.runs.find(runId)).completed().hasReplayed("pack").hasCalledOnce("pack");
	}

}
