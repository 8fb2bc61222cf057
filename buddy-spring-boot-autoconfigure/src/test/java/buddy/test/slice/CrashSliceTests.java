package buddy.test.slice;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.WorkflowSessionRepository;
import buddy.test.AutoConfigureWorkflowStore;
import buddy.test.RecordedRuns;
import buddy.test.RunCrashes;
import buddy.test.WorkflowTest;
import buddy.test.slice.SliceApplication.ShippingWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

import static buddy.test.WorkflowAssertions.assertThat;

/**
 * Crashes in the slice, with the application's journal in a database.
 */
@WorkflowTest
@AutoConfigureWorkflowStore
class CrashSliceTests {

	@Autowired
	private ShippingWorkflow shipping;

	@Autowired
	private RunCrashes crashes;

	@Autowired
	private RecordedRuns runs;

	@Autowired
	private WorkflowSessionRepository store;

	@RepeatedTest(2)
	void runGoesOnAfterTheCrash() {
		assertThat(this.store).isNotInstanceOf(MapWorkflowSessionRepository.class);
		String runId = this.crashes.crashAfter("pack").in(() -> this.shipping.run("s1", "A-1"));
		assertThat(this.crashes.resume(runId)).hasContent("A-1 is packed and sent");
		assertThat(this.runs.last()).completed()
			.hasReplayed("pack")
			.hasExecuted("send")
			.hasCalledOnce("pack")
			.hasStateEntry("parcels", 1);
	}

	@Test
	void transactionalStepIsRolledBackByTheCrash() {
		String runId = this.crashes.crashInside("send").in(() -> this.shipping.run("s1", "A-1"));
		assertThat(this.runs.find(runId)).hasExecuted("pack");
		this.crashes.resume(runId);
		assertThat(this.runs.find(runId)).completed().hasCalled("send", 2).hasExecuted("send");
	}

}
