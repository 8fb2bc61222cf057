package buddy.web;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Limits the number of open event streams, in total and per user.
 */
final class StreamLimits {

	private final int most;

	private final int mostOfUser;

	private final Map<String, Integer> open = new HashMap<>();

	private int total;

	StreamLimits(int most, int mostOfUser) {
		this.most = most;
		this.mostOfUser = mostOfUser;
	}

	/**
	 * Acquires a slot for a stream.
	 * @param user the user
	 * @return an action that releases the slot; only its first call counts
	 */
	synchronized Runnable take(String user) {
		if (this.total >= this.most) {
			throw Problems.overloaded("There are " + this.most + " event streams (buddy.web.max-streams)").refusal();
		}
		if (this.open.getOrDefault(user, 0) >= this.mostOfUser) {
			throw Problems
				.overloaded(
						"You have " + this.mostOfUser + " event streams (buddy.web.max-streams-per-user); close one")
				.refusal();
		}
		this.total++;
		this.open.merge(user, 1, Integer::sum);
		AtomicBoolean given = new AtomicBoolean();
		return () -> {
			if (given.compareAndSet(false, true)) {
				release(user);
			}
		};
	}

	private synchronized void release(String user) {
		this.total--;
		this.open.computeIfPresent(user, (key, count) -> (count > 1) ? count - 1 : null);
	}

	synchronized int total() {
		return this.total;
	}

}
