package benchmarks.measure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InterleavingTests {

	private final List<String> slices = new ArrayList<>();

	@Test
	void baseStandsOnEitherSideAndTheOrderTurnsEachRound() throws Exception {
		new Interleaving(plan(1, 1)).measure(subject("b"), List.of(subject("s"), subject("t")));

		assertThat(this.slices).containsExactly("b", "b", "b", "b", "s", "b", "t", "b", "b", "t", "b", "s", "b", "b",
				"b");
	}

	@Test
	void everyPairIsReportedAfterThePairOfTheBaseWithItself() throws Exception {
		List<Pair> pairs = new Interleaving(plan(0, 3)).measure(subject("b"), List.of(subject("s")));

		assertThat(pairs).extracting(Pair::subject).containsExactly("b, again", "s");
		assertThat(pairs).extracting(Pair::self).containsExactly(true, false);
		assertThat(pairs).allSatisfy((pair) -> assertThat(pair.ratio().min()).isPositive());
	}

	@Test
	void roundsGoOnUntilTheBudgetIsSpentButNoLongerThanAllowed() throws Exception {
		Plan plan = new Plan(0, 1, 4, Duration.ofHours(1), 1, Duration.ZERO, 1);

		new Interleaving(plan).measure(subject("b"), List.of());

		// the first slice finds the size of the others, and a round has three
		assertThat(this.slices).hasSize(1 + 4 * 3);
	}

	private static Plan plan(int warmUps, int rounds) {
		return new Plan(warmUps, rounds, rounds, Duration.ZERO, 3, Duration.ZERO, 1);
	}

	private Subject subject(String name) {
		return new Subject() {

			@Override
			public String name() {
				return name;
			}

			@Override
			public void prepare(int threads) {
				InterleavingTests.this.slices.add(name);
			}

			@Override
			public void run(int thread) {
				Math.sqrt(thread);
			}

		};
	}

}
