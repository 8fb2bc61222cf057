package buddy.event;

import java.util.Comparator;

/**
 * The position of an event within its run.
 *
 * @param epoch the number of times that the run was resumed before the event
 * @param sequence the event's number within the epoch, from 1; 0 is the run's start
 */
public record EventPosition(int epoch, long sequence) implements Comparable<EventPosition> {

	/** The position of the first event of a run. */
	public static final EventPosition START = new EventPosition(0, 0);

	private static final Comparator<EventPosition> ORDER = Comparator.comparingInt(EventPosition::epoch)
		.thenComparingLong(EventPosition::sequence);

	/** The maximum length of {@code <int>-<long>}. */
	private static final int MAX_LENGTH = 30;

	/**
	 * Validates the numbers.
	 */
	public EventPosition {
		if (epoch < 0 || sequence < 0) {
			throw new IllegalArgumentException("An event's position must not be negative: " + epoch + "," + sequence);
		}
	}

	/**
	 * Reads a position, such as the id that a client saw last.
	 * @param id the text, {@code <epoch>-<sequence>}
	 * @return the position
	 * @throws IllegalArgumentException if the text is not a position
	 */
	public static EventPosition parse(String id) {
		int dash = id.indexOf('-');
		if (dash > 0 && id.length() <= MAX_LENGTH && isDigits(id, 0, dash) && isDigits(id, dash + 1, id.length())) {
			try {
				return new EventPosition(Integer.parseInt(id.substring(0, dash)),
						Long.parseLong(id.substring(dash + 1)));
			}
			catch (NumberFormatException ex) {
				// reported below: too large
			}
		}
		String shown = (id.length() > MAX_LENGTH) ? id.substring(0, MAX_LENGTH) + "…" : id;
		throw new IllegalArgumentException("'" + shown.replaceAll("\\p{Cntrl}", "?")
				+ "' is not a position of an event; it must be <epoch>-<sequence>, such as 0-17");
	}

	private static boolean isDigits(String text, int from, int to) {
		return from < to && text.substring(from, to).chars().allMatch((c) -> c >= '0' && c <= '9');
	}

	/**
	 * Returns the position after this one in the same epoch.
	 * @return the position
	 * @throws ArithmeticException if there is none; no event reaches this number
	 */
	public EventPosition next() {
		return new EventPosition(this.epoch, Math.addExact(this.sequence, 1));
	}

	@Override
	public int compareTo(EventPosition other) {
		return ORDER.compare(this, other);
	}

	/**
	 * Returns the form that {@link #parse} reads.
	 * @return {@code <epoch>-<sequence>}
	 */
	@Override
	public String toString() {
		return this.epoch + "-" + this.sequence;
	}

}
