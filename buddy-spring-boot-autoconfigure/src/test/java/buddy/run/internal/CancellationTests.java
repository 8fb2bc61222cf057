package buddy.run.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import buddy.run.Cancellation;
import buddy.run.RunCancelledException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Cancellation}.
 */
class CancellationTests {

	private final CancellationSource cancellation = new CancellationSource();

	private final List<String> told = new ArrayList<>();

	@Test
	void firstReasonStays() {
		assertThat(this.cancellation.cancelled()).isFalse();
		assertThat(this.cancellation.cancel("first")).isTrue();
		assertThat(this.cancellation.cancel(Cancellation.TIMEOUT, "second")).isFalse();
		assertThatExceptionOfType(RunCancelledException.class).isThrownBy(() -> this.cancellation.check("r"))
			.withMessageContaining("first");
		assertThat(this.cancellation.cause()).isEqualTo(Cancellation.CANCELLED);
	}

	@Test
	void requestAfterTheEndIsRefused() {
		this.cancellation.onCancel(() -> this.told.add("stopped"));
		assertThat(this.cancellation.close()).isTrue();
		assertThat(this.cancellation.cancel("late")).isFalse();
		assertThat(this.told).isEmpty();
	}

	@Test
	void actionThatFailsKeepsNoOtherFromStopping() {
		this.cancellation.onCancel(() -> {
			throw new IllegalStateException("boom");
		});
		this.cancellation.onCancel(() -> this.told.add("stopped"));
		this.cancellation.cancel("enough");
		assertThat(this.told).containsExactly("stopped");
		this.cancellation.onCancel(() -> this.told.add("at once"));
		assertThat(this.told).containsExactly("stopped", "at once");
	}

	@Test
	void innerOnesAreAskedBeforeTheCallReturnsThoughStoppingTakesItsTime() {
		CancellationSource inner = new CancellationSource();
		CancellationSource innermost = new CancellationSource();
		innermost.onCancel(() -> this.told.add("innermost"));
		inner.follow(this.cancellation);
		innermost.follow(inner);
		List<Runnable> later = new ArrayList<>();
		Executor busy = later::add;
		this.cancellation.cancel(Cancellation.TIMEOUT, "too long", busy);
		assertThat(innermost.reason()).isEqualTo("too long");
		assertThat(innermost.cause()).isEqualTo(Cancellation.TIMEOUT);
		assertThat(this.told).isEmpty();
		later.forEach(Runnable::run);
		assertThat(this.told).containsExactly("innermost");
	}

	@Test
	void innerOneThatBeginsLateIsAskedAtOnceAndOneThatIsOverIsForgotten() {
		CancellationSource over = new CancellationSource();
		over.follow(this.cancellation).run();
		this.cancellation.cancel("enough");
		assertThat(over.cancelled()).isFalse();
		CancellationSource late = new CancellationSource();
		late.follow(this.cancellation);
		assertThat(late.reason()).isEqualTo("enough");
	}

	@Test
	void waitingThreadIsInterruptedAndNoneThatHasLeft() throws Exception {
		CountDownLatch waiting = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread thread = new Thread(() -> {
			try (Cancellation.Interruptible here = this.cancellation.interruptible()) {
				waiting.countDown();
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
			}
		});
		thread.start();
		waiting.await();
		this.cancellation.cancel("enough");
		thread.join();
		assertThat(interrupted).isTrue();
		CancellationSource other = new CancellationSource();
		other.interruptible().close();
		other.cancel("late");
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

}
