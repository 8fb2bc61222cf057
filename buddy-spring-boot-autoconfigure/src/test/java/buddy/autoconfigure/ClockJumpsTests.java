package buddy.autoconfigure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import buddy.workflow.SettableClock;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ClockJumpsTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final SettableClock clock = new SettableClock();

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);

	private final ClockJumps jumps = new ClockJumps(this.clock, this.nanoTime::get);

	@Test
	void timeThatPassesIsNoJump() {
		for (int i = 0; i < 1000; i++) {
			pass(HOUR);
			this.clock.advance(Duration.ofSeconds((i % 2 == 0) ? 50 : 59));
			assertThat(this.jumps.now()).isPresent();
		}
	}

	@Test
	void clockThatJumpsAheadIsNotBelievedUntilItIsSetBack(CapturedOutput output) {
		this.clock.advance(HOUR);
		for (int i = 0; i < 20; i++) {
			pass(HOUR);
			assertThat(this.jumps.now()).isEmpty();
		}
		assertThat(output.getOut()).containsOnlyOnce("jumped ahead by 3600 s");

		this.clock.advance(HOUR.negated());

		assertThat(this.jumps.now()).isPresent();
		this.clock.advance(HOUR);
		assertThat(this.jumps.now()).isEmpty();
	}

	@Test
	void clockThatStaysAheadForADayIsBelieved() {
		this.clock.advance(HOUR);
		pass(Duration.ofHours(23));
		assertThat(this.jumps.now()).isEmpty();
		pass(HOUR);
		assertThat(this.jumps.now()).isPresent();
		pass(HOUR);
		assertThat(this.jumps.now()).isPresent();
	}

	@Test
	void clockThatIsBehindMakesNothingOld() {
		this.clock.advance(HOUR.negated());
		assertThat(this.jumps.now()).isPresent();
		pass(HOUR);
		this.clock.advance(HOUR);
		assertThat(this.jumps.now()).as("it is right again").isPresent();
		this.clock.advance(HOUR);
		assertThat(this.jumps.now()).isEmpty();
	}

	private void pass(Duration duration) {
		this.clock.advance(duration);
		this.nanoTime.addAndGet(duration.toNanos());
	}

}
