package buddy.web;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ConcurrentLruCache;

/**
 * Keeps the last answers for a few seconds. Of several callers who need the same one at
 * once, the first reads it and the others wait for it.
 *
 * @param <K> what the answers are kept by
 */
final class KeptAnswers<K> {

	private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

	private static final int MOST = 100;

	private final LongSupplier nanos;

	private final ConcurrentLruCache<K, Kept> kept = new ConcurrentLruCache<>(MOST, (key) -> new Kept());

	/**
	 * Creates an instance.
	 * @param nanos the time by a clock that nobody sets, in nanoseconds
	 */
	KeptAnswers(LongSupplier nanos) {
		this.nanos = nanos;
	}

	/** Returns an answer that is fresh enough, or else reads it. */
	Map<String, @Nullable Object> get(K key, Supplier<Map<String, @Nullable Object>> read) {
		return this.kept.get(key).get(read);
	}

	private final class Kept {

		private final Lock lock = new ReentrantLock();

		private @Nullable Map<String, @Nullable Object> answer;

		private long readAt;

		Map<String, @Nullable Object> get(Supplier<Map<String, @Nullable Object>> read) {
			this.lock.lock();
			try {
				Map<String, @Nullable Object> last = this.answer;
				if (last != null && KeptAnswers.this.nanos.getAsLong() - this.readAt < FRESH_NANOS) {
					return last;
				}
				Map<String, @Nullable Object> now = read.get();
				this.answer = now;
				this.readAt = KeptAnswers.this.nanos.getAsLong();
				return now;
			}
			finally {
				this.lock.unlock();
			}
		}

	}

}
