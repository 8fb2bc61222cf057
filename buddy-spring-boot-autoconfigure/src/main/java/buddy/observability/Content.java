package buddy.observability;

/**
 * Truncates content for key values.
 */
final class Content {

	private static final int MAX_LENGTH = 8_000;

	private Content() {
	}

	static String cut(String text) {
		return (text.length() > MAX_LENGTH)
				? text.substring(0, MAX_LENGTH) + "… (" + (text.length() - MAX_LENGTH) + " more)" : text;
	}

}
