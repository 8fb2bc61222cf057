package buddy.workflow.internal.registry;

import org.junit.jupiter.api.Test;

import buddy.durable.JournalWrite;
import buddy.durable.MapRunJournal;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.RunEnd;
import buddy.storage.RunTake;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;

import static org.assertj.core.api.Assertions.assertThat;

class RecoveryLimitTests {

	private final MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	private final MapRunJournal journal = new MapRunJournal(this.repository);

	private final RecoveryLimit limit = new RecoveryLimit(() -> this.repository, this.journal, 3);

	private final NewRun run = NewRun.builder(new RunKey("r1", "s1", "w", null), new SessionSeed(null, null, null))
		.build();

	@Test
	void runThatGetsNoFurtherReachesIt() {
		this.repository.begin(this.run);
		record("first", 0, StepStatus.DONE);
		for (int recovery = 0; recovery < 3; recovery++) {
			assertThat(this.limit.isReached(stored())).isFalse();
			recover();
		}
		assertThat(this.limit.isReached(stored())).isTrue();
	}

	@Test
	void stepThatIsBegunAgainAndAgainIsNoProgress() {
		this.repository.begin(this.run);
		for (int recovery = 0; recovery < 3; recovery++) {
			recover();
		}
		record("first", 0, StepStatus.STARTED);
		assertThat(this.limit.isReached(stored())).isTrue();
	}

	@Test
	void runThatGetsFurtherIsContinuedHoweverOften() {
		this.repository.begin(this.run);
		for (int recovery = 0; recovery < 9; recovery++) {
			recover();
			if (recovery % 3 == 0) {
				record("step" + recovery, recovery / 3, (recovery == 3) ? StepStatus.FAILED : StepStatus.DONE);
			}
			assertThat(this.limit.isReached(stored())).as("recovery " + recovery).isFalse();
		}
		recover();
		assertThat(this.limit.isReached(stored())).isTrue();
	}

	private void record(String key, int position, StepStatus status) {
		StepHead head = new StepHead(key, position, StepKind.STEP, status, 1, stored().epoch(), 1, 2L, null);
		assertThat(this.journal.append(new StoredStep("r1", head))).isEqualTo(JournalWrite.STORED);
	}

	/** The process dies, and another one takes the run. */
	private void recover() {
		StoredRun before = stored();
		NewRun execution = NewRun.builder(this.run.key(), new SessionSeed(null, null, null))
			.epoch(before.epoch())
			.build();
		this.repository
			.end(new RunEnd(execution, true, RunStatus.ERROR, null, "{\"reason\":\"interrupted\"}", 900, null));
		assertThat(this.journal.take(new RunTake("r1", before.epoch(), RunStatus.ERROR, null, true, false))).isTrue();
	}

	private StoredRun stored() {
		return this.repository.findRun("r1").orElseThrow();
	}

}
