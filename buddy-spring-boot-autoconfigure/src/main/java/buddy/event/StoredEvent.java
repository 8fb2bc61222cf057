package buddy.event;

import buddy.json.internal.Json;

/**
 * An event of a run as a store keeps it.
 *
 * @param runId the run
 * @param position where it stands among the run's events
 * @param event its JSON, an object on one line
 */
public record StoredEvent(String runId, EventPosition position, String event) {

	private static final String NAME = "{\"event\":\"";

	/**
	 * Returns the event's name.
	 * @return the name, such as {@code RunResponseContent}
	 */
	public String name() {
		int end = this.event.startsWith(NAME) ? this.event.indexOf('"', NAME.length()) : -1;
		String name = (end > 0) ? this.event.substring(NAME.length(), end) : "\\";
		// not as it was written here, or with an escape in it
		return name.contains("\\") ? String.valueOf(Json.readMap(this.event).get("event")) : name;
	}

}
