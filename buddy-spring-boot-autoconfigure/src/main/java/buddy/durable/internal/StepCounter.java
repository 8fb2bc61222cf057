package buddy.durable.internal;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.DigestUtils;

/**
 * Counts the steps of one scope: the body of a run, a branch of it, or the call of an
 * agent. A step's place is taken on the thread that calls it, before anything is handed
 * over, so that it is the same in every execution.
 */
public final class StepCounter {

	/** So that a name and a number fit behind it. */
	private static final int MAX_PATH = 360;

	private static final int KEPT = 320;

	private final String path;

	private final Map<String, Integer> names = new HashMap<>();

	private final Map<String, Integer> branches = new HashMap<>();

	private int next;

	private @Nullable Long lastStep;

	private @Nullable Thread busy;

	/**
	 * Creates the counter of a scope.
	 * @param path the path of the scope with a slash at its end, empty for the body of
	 * the run
	 */
	public StepCounter(String path) {
		this.path = (path.length() <= MAX_PATH) ? path : shortened(path);
	}

	/**
	 * Returns the path of the scope.
	 * @return the path with a slash at its end, empty for the body of the run
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Takes the next place.
	 * @param name the step's name
	 * @return the place
	 * @throws IllegalStateException if a step of this scope is in progress on another
	 * thread: which of them comes first would be chance
	 */
	synchronized StepPlace next(String name) {
		if (this.busy != null && this.busy != Thread.currentThread()) {
			throw new IllegalStateException("Step '" + name + "' begins while another step "
					+ (this.path.isEmpty() ? "of the run" : "in '" + this.path + "'")
					+ " is in progress on another thread, so that their order would be chance;"
					+ " do such work in parallel(…), where each branch has its own order");
		}
		StepPlace place = peek(name);
		this.names.merge(name, 1, Integer::sum);
		this.next++;
		return place;
	}

	/**
	 * Returns the key that a step would have next.
	 * @param name the step's name
	 * @return the key
	 */
	public String nextKey(String name) {
		return peek(name).key();
	}

	/** Returns the place that a step would take next, without taking it. */
	synchronized StepPlace peek(String name) {
		return new StepPlace(this.path, name, this.path + numbered(name, this.names.getOrDefault(name, 0) + 1),
				this.next);
	}

	/**
	 * Numbers the branches that are begun next.
	 * @param name the name of the branches
	 * @return the first part of their paths, unlike that of earlier branches
	 */
	public synchronized String branches(String name) {
		return this.path + numbered(name, this.branches.merge(name, 1, Integer::sum));
	}

	/**
	 * Numbers a call that needs no place of its own, such as that of a random number.
	 * @param name what it is
	 * @return the number, from 1
	 */
	public synchronized int number(String name) {
		return this.branches.merge(name, 1, Integer::sum);
	}

	private static String numbered(String name, int number) {
		return (number > 1) ? name + "#" + number : name;
	}

	/**
	 * Takes down when a step ended.
	 * @param millis the time, or {@code null} if it has not
	 */
	public synchronized void ended(@Nullable Long millis) {
		if (millis != null && (this.lastStep == null || millis > this.lastStep)) {
			this.lastStep = millis;
		}
	}

	/**
	 * Returns when the last step ended.
	 * @param begin the time to return if there was none
	 * @return the time
	 */
	public synchronized long lastStep(long begin) {
		return (this.lastStep != null) ? this.lastStep : begin;
	}

	synchronized void begun() {
		this.busy = Thread.currentThread();
	}

	synchronized void over() {
		this.busy = null;
	}

	/** A path that is too long for the store is told apart by its digest. */
	private static String shortened(String path) {
		String digest = DigestUtils.md5DigestAsHex(path.getBytes(StandardCharsets.UTF_8));
		int end = Character.isHighSurrogate(path.charAt(KEPT - 1)) ? KEPT - 1 : KEPT;
		return path.substring(0, end) + "~" + digest + "/";
	}

}
