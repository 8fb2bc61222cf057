package buddy.observability;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;
import org.mockito.BDDMockito;
import org.mockito.Mockito;

import buddy.storage.RunOwners;
import buddy.storage.RunOwners.Overview;

import static org.assertj.core.api.Assertions.assertThat;

class StoredRunMetricsTests {

	private final RunOwners owners = Mockito.mock(RunOwners.class);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void readersShareOneLookAtTheStore() {
		BDDMockito.given(this.owners.overview(ArgumentMatchers.any(Duration.class)))
			.willReturn(new Overview(null, 0, 0, 7));
		StoredRunMetrics metrics = new StoredRunMetrics(this.owners, Duration.ofHours(1));
		metrics.bindTo(this.registry);
		Mockito.verifyNoInteractions(this.owners);

		Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> paused() == 7);
		for (int i = 0; i < 100; i++) {
			assertThat(paused()).isEqualTo(7);
		}
		Mockito.verify(this.owners, Mockito.times(1)).overview(ArgumentMatchers.any(Duration.class));
	}

	@Test
	void storeThatHangsDoesNotDelayReadersAndIsAskedOnce() {
		CountDownLatch answers = new CountDownLatch(1);
		BDDMockito.given(this.owners.overview(ArgumentMatchers.any(Duration.class))).willAnswer((invocation) -> {
			answers.await(30, TimeUnit.SECONDS);
			throw new IllegalStateException("away");
		}).willReturn(new Overview(null, 0, 0, 3));
		StoredRunMetrics metrics = new StoredRunMetrics(this.owners, Duration.ZERO);
		metrics.bindTo(this.registry);
		for (int i = 0; i < 100; i++) {
			assertThat(paused()).isNaN();
		}
		Mockito.verify(this.owners, Mockito.atMost(1)).overview(ArgumentMatchers.any(Duration.class));
		answers.countDown();
		Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> paused() == 3);
	}

	private double paused() {
		return this.registry.get("buddy.runs.paused").gauge().value();
	}

}
