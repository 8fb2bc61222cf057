package buddy.workflow.internal.live;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import buddy.storage.RunOwners.OwnRun;

import static org.assertj.core.api.Assertions.assertThat;

class StrayRunsTests {

	private static final OwnRun EXECUTED = new OwnRun("executed", null, 0);

	private static final OwnRun STRAY = new OwnRun("stray", null, 2);

	private long now = Long.MAX_VALUE - 5;

	private final StrayRuns strays = new StrayRuns(10, () -> this.now);

	@Test
	void runThatIsNotExecutedForLongEnoughIsAStray() {
		assertThat(look(EXECUTED, STRAY)).isEmpty();
		this.now += 9;
		assertThat(look(EXECUTED, STRAY)).isEmpty();
		this.now += 1;
		assertThat(look(EXECUTED, STRAY)).containsExactly(STRAY);
	}

	@Test
	void runThatIsExecutedInBetweenOrInAnotherEpochIsNoneYet() {
		look(STRAY);
		this.now += 5;
		look(EXECUTED);
		this.now += 5;
		assertThat(look(STRAY)).isEmpty();
		this.now += 10;
		assertThat(look(new OwnRun("stray", null, 3))).isEmpty();
	}

	@Test
	void straysAreLookedForUntilTheyAreGivenUpThoughNoRunIsExecuted() {
		assertThat(this.strays.areExpected()).isFalse();
		this.strays.expect();
		this.now += 19;
		assertThat(this.strays.areExpected()).isTrue();
		look(STRAY);
		this.now += 10;
		assertThat(this.strays.areExpected()).isTrue();
		assertThat(look(STRAY)).containsExactly(STRAY);
		look(EXECUTED);
		this.now += 20;
		assertThat(this.strays.areExpected()).isFalse();
	}

	private List<OwnRun> look(OwnRun... stored) {
		return this.strays.among(List.of(stored), (run) -> Set.of("executed").contains(run.runId()));
	}

}
