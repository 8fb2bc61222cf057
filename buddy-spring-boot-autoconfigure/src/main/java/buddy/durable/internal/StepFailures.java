package buddy.durable.internal;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;

/**
 * Which steps and nested runs the exceptions come from that the code of a run gets. If
 * one of these exceptions ends the run, a retry calls those steps again, and no others.
 */
public final class StepFailures {

	/** The most exceptions that are looked at. */
	private static final int MOST = 1000;

	private final Map<Throwable, Set<String>> keys = new WeakHashMap<>();

	/**
	 * Notes what an exception comes from.
	 * @param failure what the code of the run gets
	 * @param key the key of the step or of the call of the nested run
	 */
	public synchronized void add(Throwable failure, String key) {
		this.keys.computeIfAbsent(failure, (one) -> new TreeSet<>()).add(key);
	}

	/**
	 * Finds what an exception comes from, or its causes, or those that it has suppressed.
	 * @param failure what ended the run
	 * @return the keys of the steps and nested runs; empty if it comes from none
	 */
	public synchronized List<String> of(Throwable failure) {
		Set<String> found = new LinkedHashSet<>();
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Throwable> next = new ArrayDeque<>(List.of(failure));
		while (!next.isEmpty() && seen.size() < MOST) {
			Throwable one = next.remove();
			if (seen.add(one)) {
				found.addAll(this.keys.getOrDefault(one, Set.of()));
				Throwable cause = one.getCause();
				if (cause != null) {
					next.add(cause);
				}
				next.addAll(List.of(one.getSuppressed()));
			}
		}
		return List.copyOf(found);
	}

}
