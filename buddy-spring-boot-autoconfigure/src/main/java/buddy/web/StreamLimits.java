package buddy.web;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Counts the event streams that are open, in total and of each user.
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
	 * Takes a place for a stream.
	 * @param user whose it is
	 * @return gives the place back, once, however often it is called
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
				giveBack(user);
			}
		};
	}

	private synchronized void giveBack(String user) {
		this.total--;
		this.open.computeIfPresent(user, (key, count) -> (count > 1) ? count - 1 : null);
	}

	synchronized int total() {
		return this.total;
	}

}
