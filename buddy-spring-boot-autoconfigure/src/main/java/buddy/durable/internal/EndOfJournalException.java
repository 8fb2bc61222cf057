package buddy.durable.internal;

/**
 * A run was only compared with its journal, and the end of that is reached.
 */
public class EndOfJournalException extends RuntimeException {

	private final String step;

	EndOfJournalException(String step) {
		super("Step '" + step + "' would be executed next");
		this.step = step;
	}

	/**
	 * Returns the step that would be executed next.
	 * @return its key
	 */
	public String step() {
		return this.step;
	}

}
