package buddy.workflow.internal.live;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.run.RunStatus;
import buddy.session.UnfinishedRun;
import buddy.storage.RunOwners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * When the runs of other processes are ended, and how many at once.
 */
class OrphanSweepTests {

	private static final long START = Long.MAX_VALUE - 5;

	private final AtomicLong nanoTime = new AtomicLong(START);

	private final Store owners = new Store();

	private final OrphanSweep sweep = new OrphanSweep(this.owners, () -> "me", Duration.ofSeconds(60),
			Clock.fixed(Instant.ofEpochMilli(5000), ZoneOffset.UTC), this.nanoTime::get);

	@Test
	void orphanIsEndedAsInterruptedOnceTheStoreWasSeenForHalfALease() {
		this.owners.orphans.add("r1");
		assertThat(this.sweep.sweep()).isZero();
		assertThat(sweepAfter(10)).isZero();
		assertThat(sweepAfter(10)).isZero();

		assertThat(sweepAfter(10)).isOne();

		assertThat(this.owners.ended).containsExactly("r1");
		assertThat(this.owners.end.status()).isEqualTo(RunStatus.ERROR);
		assertThat(this.owners.end.error()).contains("\"reason\":\"interrupted\"");
		assertThat(this.owners.end.endedAt()).isEqualTo(5000);
		assertThat(this.owners.askedBy).containsOnly("me");
	}

	@Test
	void orphanThatWasAskedToStopIsEndedAsCancelled() {
		seenForLong();
		this.owners.orphans.add("r1");
		this.owners.unfinished.add(new UnfinishedRun("r1", "s", "w", null, RunStatus.RUNNING, Instant.EPOCH, "n", null,
				null, false, "please"));

		assertThat(sweepAfter(10)).isOne();

		assertThat(this.owners.end.status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.owners.end.error()).contains("\"reason\":\"cancelled\"", "please");
	}

	@Test
	void afterAnOutageEveryProcessCanSayFirstThatItLives() {
		seenForLong();
		this.owners.orphans.add("r1");
		this.owners.away = true;
		assertThatIllegalStateException().isThrownBy(() -> sweepAfter(10));
		this.owners.away = false;

		assertThat(sweepAfter(1)).isZero();
		assertThat(sweepAfter(29)).isZero();
		assertThat(sweepAfter(1)).isOne();
	}

	@Test
	void afterAPauseOfThisProcessToo() {
		seenForLong();
		this.owners.orphans.add("r1");

		assertThat(sweepAfter(31)).isZero();
		assertThat(sweepAfter(10)).isZero();
		assertThat(sweepAfter(20)).isOne();
	}

	@ParameterizedTest
	@ValueSource(ints = { 3600, -3600, 45, -45 })
	void afterTheDatabasesClockWasSetTheyCanToo(int seconds) {
		seenForLong();
		this.owners.orphans.add("r1");
		this.owners.clockIsSetBy = Duration.ofSeconds(seconds);

		assertThat(sweepAfter(10)).isZero();
		assertThat(sweepAfter(10)).isZero();
		assertThat(sweepAfter(19)).isZero();
		assertThat(sweepAfter(1)).isOne();
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, -10 })
	void clocksThatPartALittleDelayNothing(int seconds) {
		seenForLong();
		this.owners.orphans.add("r1");
		this.owners.clockIsSetBy = Duration.ofSeconds(seconds);

		assertThat(sweepAfter(10)).isOne();
	}

	@Test
	void answerThatComesLateEndsNothing() {
		seenForLong();
		this.owners.orphans.add("r1");
		this.owners.takes = Duration.ofSeconds(31);

		assertThat(sweepAfter(10)).isZero();

		this.owners.takes = Duration.ZERO;
		assertThat(sweepAfter(0)).isZero();
		assertThat(this.owners.ended).isEmpty();
	}

	@Test
	void nothingToEndCostsOneStatement() {
		seenForLong();
		int before = this.owners.askedBy.size();
		sweepAfter(10);
		assertThat(this.owners.askedBy).hasSize(before + 1);
	}

	@Test
	void oneSweepEndsNoMoreThanAThousand() {
		seenForLong();
		IntStream.range(0, 1050).forEach((i) -> this.owners.orphans.add("r" + i));

		assertThat(sweepAfter(10)).isEqualTo(1000);
		assertThat(sweepAfter(10)).isEqualTo(50);
	}

	@Test
	void orphansThatOthersEndFirstKeepNoSweepBusy() {
		seenForLong();
		IntStream.range(0, 1050).forEach((i) -> this.owners.orphans.add("r" + i));
		this.owners.othersAreQuicker = true;
		int before = this.owners.askedBy.size();

		assertThat(sweepAfter(10)).isZero();

		assertThat(this.owners.askedBy).hasSize(before + 1);
	}

	@Test
	void runsThatAreLeftAsTheyAreDoNotHideOthers() {
		seenForLong();
		List<String> continued = new ArrayList<>();
		IntStream.range(0, 250).forEach((i) -> this.owners.orphans.add("later" + i));
		IntStream.range(0, 10).forEach((i) -> this.owners.orphans.add("r" + i));
		List<String> order = new ArrayList<>();
		this.sweep.recoverWith(new OrphanSweep.Recovery() {

			@Override
			public Outcome recover(String runId) {
				continued.add(runId);
				return runId.startsWith("later") ? Outcome.LATER : Outcome.NOT_RECOVERED;
			}

			@Override
			public void swept() {
				order.addAll(OrphanSweepTests.this.owners.ended);
			}

		});

		assertThat(sweepAfter(10)).isEqualTo(10);

		assertThat(continued).hasSize(260).doesNotHaveDuplicates();
		assertThat(order).as("it is called last").hasSize(10);
	}

	@Test
	void runsThatWereHandedOverGoOnAtOnce() {
		this.owners.orphans.addAll(List.of("r1", "r2"));
		this.owners.unfinished.add(unfinished("r1", RunOwners.HANDED_OVER + "n"));
		this.owners.unfinished.add(unfinished("r2", "n"));
		List<String> continued = new ArrayList<>();
		this.sweep.recoverWith((runId) -> {
			continued.add(runId);
			return OrphanSweep.Recovery.Outcome.NOT_RECOVERED;
		});

		assertThat(this.sweep.sweep()).isZero();

		assertThat(continued).containsExactly("r1");
		assertThat(this.owners.ended).as("what cannot go on is ended later").isEmpty();
	}

	private static UnfinishedRun unfinished(String runId, String owner) {
		return new UnfinishedRun(runId, "s", "w", null, RunStatus.RUNNING, Instant.EPOCH, owner, null, null, false,
				null);
	}

	@Test
	void runThatOnlyOthersCanContinueIsMarkedAfterALeaseMore() {
		seenForLong();
		this.owners.orphans.add("r1");
		this.sweep.recoverWith((runId) -> OrphanSweep.Recovery.Outcome.LEFT_TO_OTHERS);
		for (int seconds = 0; seconds < 70; seconds += 10) {
			assertThat(sweepAfter(10)).as("after " + seconds).isZero();
		}
		assertThat(sweepAfter(10)).isOne();
	}

	private void seenForLong() {
		this.sweep.sweep();
		IntStream.range(0, 3).forEach((i) -> sweepAfter(10));
	}

	private int sweepAfter(int seconds) {
		this.nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos());
		return this.sweep.sweep();
	}

	private final class Store extends LiveRunsTests.Owners {

		private final List<String> orphans = new ArrayList<>();

		private final List<String> ended = new ArrayList<>();

		private final List<String> askedBy = new ArrayList<>();

		private Duration takes = Duration.ZERO;

		private Duration clockIsSetBy = Duration.ZERO;

		private boolean away;

		private boolean othersAreQuicker;

		private OrphanEnd end;

		@Override
		public Orphans orphans(String nodeId, int limit) {
			if (this.away) {
				throw new IllegalStateException("the database is away");
			}
			this.askedBy.add(nodeId);
			OrphanSweepTests.this.nanoTime.addAndGet(this.takes.toNanos());
			long now = this.clockIsSetBy.toMillis() + (OrphanSweepTests.this.nanoTime.get() - START) / 1_000_000;
			return new Orphans(this.orphans.stream().limit(limit).toList(), now);
		}

		@Override
		public boolean endOrphan(String runId, OrphanEnd end) {
			if (this.othersAreQuicker) {
				return false;
			}
			this.end = end;
			this.ended.add(runId);
			return this.orphans.remove(runId);
		}

	}

}
