package buddy.workflow.internal.registry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import buddy.run.RunKey;
import buddy.run.RunStatus;
import buddy.storage.StoredRun;
import buddy.workflow.internal.registry.Suspects.Suspect;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which run comes next of those that may take their process down, and when.
 */
class SuspectsTests {

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);

	private final Suspects suspects = new Suspects(this.nanoTime::get);

	@Test
	void nextOneFollowsWhenTheOneBeforeGotFurther() {
		add("a", 2, 1);
		add("b", 2, 2);
		assertThat(next()).isEqualTo("a");
		assertThat(next()).isNull();

		assertThat(this.suspects.passed("a")).isTrue();

		assertThat(next()).isEqualTo("b");
		assertThat(this.suspects.passed("a")).as("its end comes later").isFalse();
		assertThat(next()).isNull();
		assertThat(this.suspects.passed("b")).isTrue();
		assertThat(next()).isNull();
	}

	@Test
	void runThatDiedInVainLeastOftenComesFirst() {
		add("poison", 3, 1);
		add("younger", 2, 3);
		add("older", 2, 2);
		for (String expected : new String[] { "older", "younger", "poison" }) {
			assertThat(next()).isEqualTo(expected);
			this.suspects.passed(expected);
		}
	}

	@Test
	void noneWaitsForOneThatHangs() {
		add("hangs", 2, 1);
		add("a", 2, 2);
		assertThat(next()).isEqualTo("hangs");
		pass(Duration.ofSeconds(59));
		assertThat(next()).isNull();
		pass(Duration.ofSeconds(1));
		assertThat(next()).isEqualTo("a");
		assertThat(this.suspects.passed("hangs")).isFalse();
	}

	@Test
	void runThatWaitsIsKnownUntilItIsContinuedElsewhere() {
		add("a", 2, 1);
		assertThat(this.suspects.find(run("a", 1, 2))).isNotNull();
		assertThat(this.suspects.find(run("a", 1, 3))).isNull();
		next();
		assertThat(this.suspects.find(run("a", 1, 2))).isNull();
	}

	private void pass(Duration time) {
		this.nanoTime.addAndGet(time.toNanos());
	}

	private String next() {
		StoredRun next = this.suspects.next();
		return (next != null) ? next.runId() : null;
	}

	private void add(String runId, int vain, long createdAt) {
		this.suspects.add(new Suspect(run(runId, createdAt, 2), vain));
	}

	private static StoredRun run(String runId, long createdAt, int epoch) {
		return StoredRun.builder(new RunKey(runId, "w", "s", null), RunStatus.RUNNING)
			.createdAt(createdAt)
			.epoch(epoch)
			.build();
	}

}
