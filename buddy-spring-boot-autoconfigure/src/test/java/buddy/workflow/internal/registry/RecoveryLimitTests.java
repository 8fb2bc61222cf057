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
import buddy.storage.RunOrigin;
import buddy.storage.RunTake;
import buddy.storage.SessionSeed;
import buddy.storage.StoredRun;

import static org.assertj.core.api.Assertions.assertThat;

class RecoveryLimitTests {

	private final MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();

	private final MapRunJournal journal = new MapRunJournal(this.repository);

	private final RecoveryLimit limit = new RecoveryLimit(() -> this.repository, this.journal, 3);

	private final NewRun run = NewRun.builder(new RunKey("r1", "w", "s1", null), new SessionSeed(null, null, null))
		.build();

	@Test
	void runThatGetsNoFurtherReachesIt() {
		this.repository.begin(this.run);
		record("first", 0, StepStatus.DONE);
		for (int recovery = 0; recovery < 3; recovery++) {
			assertThat(vain()).isEqualTo(recovery);
			recover();
		}
		assertThat(this.limit.isReached(vain())).isTrue();
	}

	@Test
	void stepThatIsBegunAgainAndAgainIsNoProgress() {
		this.repository.begin(this.run);
		for (int recovery = 0; recovery < 3; recovery++) {
			recover();
		}
		record("first", 0, StepStatus.STARTED);
		assertThat(this.limit.isReached(vain())).isTrue();
	}

	@Test
	void runThatGetsFurtherIsContinuedHoweverOften() {
		this.repository.begin(this.run);
		for (int recovery = 0; recovery < 9; recovery++) {
			recover();
			if (recovery % 3 == 0) {
				record("step" + recovery, recovery / 3, (recovery == 3) ? StepStatus.FAILED : StepStatus.DONE);
			}
			assertThat(this.limit.isReached(vain())).as("recovery " + recovery).isFalse();
		}
		recover();
		assertThat(this.limit.isReached(vain())).isTrue();
	}

	@Test
	void runIsASuspectFromTheSecondTimeOn() {
		assertThat(this.limit.isSuspect(1)).isFalse();
		assertThat(this.limit.isSuspect(2)).isTrue();
		RecoveryLimit two = new RecoveryLimit(() -> this.repository, this.journal, 2);
		assertThat(two.isSuspect(0)).isFalse();
		assertThat(two.isSuspect(1)).isTrue();
	}

	@Test
	void runGetsFurtherByTheRunsThatItCalls() {
		this.repository.begin(this.run);
		for (int recovery = 0; recovery < 3; recovery++) {
			recover();
		}
		RunKey child = new RunKey("r2", "w", "s2", null);
		this.repository.begin(NewRun.builder(child, new SessionSeed(null, null, null))
			.parentRunId("r1")
			.origin(new RunOrigin("run:w", null, null, null))
			.build());
		assertThat(vain()).isZero();
		for (int recovery = 0; recovery < 3; recovery++) {
			recover();
			recover("r2", false);
		}
		assertThat(this.limit.isReached(vain())).isTrue();
		record("r2", "first", 0, StepStatus.DONE);
		assertThat(vain()).isZero();
	}

	/** Whether the nested run was reached is not known. */
	@Test
	void runThatDiesBeforeItsNestedRunReachesItAfterMoreTimes() {
		this.repository.begin(this.run);
		this.repository.begin(NewRun.builder(new RunKey("r2", "w", "s2", null), new SessionSeed(null, null, null))
			.parentRunId("r1")
			.origin(new RunOrigin("run:w", null, null, null))
			.build());
		record("r2", "first", 0, StepStatus.DONE);
		for (int recovery = 0; recovery < 11; recovery++) {
			recover();
		}
		assertThat(this.limit.isReached(vain())).isFalse();
		recover();
		assertThat(this.limit.isReached(vain())).isTrue();
	}

	private int vain() {
		return this.limit.vain(stored());
	}

	private void record(String key, int position, StepStatus status) {
		record("r1", key, position, status);
	}

	private void record(String runId, String key, int position, StepStatus status) {
		StepHead head = new StepHead(key, position, StepKind.STEP, status, 1, stored(runId).epoch(), 1, 2L, null);
		assertThat(this.journal.append(new StoredStep(runId, head))).isEqualTo(JournalWrite.STORED);
	}

	private void recover() {
		recover("r1", true);
	}

	/** The process dies, and another one takes the run. */
	private void recover(String runId, boolean recovery) {
		StoredRun before = stored(runId);
		NewRun execution = NewRun.builder(before.key(), new SessionSeed(null, null, null))
			.epoch(before.epoch())
			.parentRunId(before.parentRunId())
			.origin(before.origin())
			.build();
		this.repository
			.end(new RunEnd(execution, true, RunStatus.ERROR, null, "{\"reason\":\"interrupted\"}", 900, null));
		assertThat(this.journal.take(new RunTake(runId, before.epoch(), RunStatus.ERROR, null, recovery, false)))
			.isTrue();
	}

	private StoredRun stored() {
		return stored("r1");
	}

	private StoredRun stored(String runId) {
		return this.repository.findRun(runId).orElseThrow();
	}

}
