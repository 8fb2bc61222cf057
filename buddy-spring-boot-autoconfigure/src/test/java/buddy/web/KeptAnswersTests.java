package buddy.web;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class KeptAnswersTests {

	private final AtomicLong now = new AtomicLong();

	private final AtomicInteger reads = new AtomicInteger();

	private final KeptAnswers<String> answers = new KeptAnswers<>(this.now::get);

	@Test
	void answerIsKeptForFiveSeconds() {
		assertThat(get("a")).isEqualTo(1);
		this.now.addAndGet(Duration.ofMillis(4999).toNanos());
		assertThat(get("a")).isEqualTo(1);
		assertThat(get("b")).isEqualTo(2);
		this.now.addAndGet(Duration.ofMillis(1).toNanos());
		assertThat(get("a")).isEqualTo(3);
		assertThat(get("b")).isEqualTo(2);
	}

	@Test
	void failureIsNotKept() {
		assertThatIllegalStateException().isThrownBy(() -> this.answers.get("a", () -> {
			throw new IllegalStateException("away");
		}));
		assertThat(get("a")).isEqualTo(1);
	}

	@Test
	void ofManyAnswersTheLastUsedAreKept() {
		for (int i = 0; i < 101; i++) {
			get("a" + i);
		}
		assertThat(get("a100")).isEqualTo(101);
		assertThat(get("a0")).isEqualTo(102);
	}

	private Object get(String key) {
		return this.answers.get(key, () -> Map.of("read", this.reads.incrementAndGet())).get("read");
	}

}
