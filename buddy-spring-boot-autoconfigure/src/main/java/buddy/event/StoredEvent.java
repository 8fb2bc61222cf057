package buddy.event;

import buddy.json.internal.Json;

/**
 * A stored event of a run.
 *
 * @param runId the run
 * @param position its position among the run's events
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
		// not in the form written here, or with an escape
		return name.contains("\\") ? String.valueOf(Json.readMap(this.event).get("event")) : name;
	}

}
