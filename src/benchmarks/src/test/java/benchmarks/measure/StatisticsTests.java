package benchmarks.measure;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class StatisticsTests {

	@Test
	void medianAndEdgesDoNotDependOnTheOrder() {
		Statistics statistics = Statistics.of(5, 1, 4, 2, 3);

		assertThat(statistics.median()).isEqualTo(3);
		assertThat(statistics.min()).isEqualTo(1);
		assertThat(statistics.max()).isEqualTo(5);
	}

	@Test
	void medianOfAnEvenNumberIsInTheMiddleOfTwo() {
		assertThat(Statistics.of(1, 2, 4, 9).median()).isEqualTo(3);
	}

	@Test
	void tenthLiesOnTheLineBetweenTwoValues() {
		double[] values = IntStream.range(0, 10).asDoubleStream().toArray();

		assertThat(Statistics.of(values).p10()).isCloseTo(0.9, within(1e-9));
	}

	@Test
	void oneValueIsAllThereIs() {
		assertThat(Statistics.of(7)).isEqualTo(new Statistics(7, 7, 7, 7, 7, 7));
	}

	@Test
	void intervalHoldsTheMedianAndIsTheSameEachTime() {
		double[] values = IntStream.range(0, 25).mapToDouble((i) -> 1 + Math.sin(i) / 10).toArray();
		Statistics statistics = Statistics.of(values);

		assertThat(statistics.low()).isLessThan(statistics.median()).isGreaterThan(statistics.min());
		assertThat(statistics.high()).isGreaterThan(statistics.median()).isLessThan(statistics.max());
		assertThat(Statistics.of(values)).isEqualTo(statistics);
	}

	@Test
	void intervalNarrowsWithMoreValues() {
		Statistics few = Statistics.of(IntStream.range(0, 9).mapToDouble((i) -> i % 9).toArray());
		Statistics many = Statistics.of(IntStream.range(0, 900).mapToDouble((i) -> i % 9).toArray());

		assertThat(many.high() - many.low()).isLessThan(few.high() - few.low());
	}

	@Test
	void noValuesAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Statistics.of());
	}

}
