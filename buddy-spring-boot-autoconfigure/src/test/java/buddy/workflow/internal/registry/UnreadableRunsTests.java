package buddy.workflow.internal.registry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class UnreadableRunsTests {

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);

	private final UnreadableRuns runs = new UnreadableRuns(this.nanoTime::get);

	@Test
	void runIsToldOnceAndLeftForAMinute(CapturedOutput output) {
		assertThat(this.runs.isLeft("r1")).isFalse();
		this.runs.tell("r1", new IllegalStateException("no key"));
		assertThat(this.runs.isLeft("r1")).isTrue();
		assertThat(this.runs.isLeft("r2")).isFalse();

		this.nanoTime.addAndGet(Duration.ofMinutes(1).toNanos());
		assertThat(this.runs.isLeft("r1")).isFalse();
		this.runs.tell("r1", new IllegalStateException("no key"));

		assertThat(this.runs.isLeft("r1")).isTrue();
		assertThat(output).containsOnlyOnce("Run 'r1' is not continued by itself on this node");
	}

	@Test
	void noMoreThanSomeAreKept() {
		for (int i = 0; i < 1001; i++) {
			this.runs.tell("r" + i, new IllegalStateException("no key"));
		}
		assertThat(this.runs.isLeft("r0")).isFalse();
		assertThat(this.runs.isLeft("r1000")).isTrue();
	}

}
