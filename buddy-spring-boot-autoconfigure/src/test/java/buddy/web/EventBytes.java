package buddy.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Where in the events of a stream the bytes of its answer stand that were passed on so
 * far.
 */
final class EventBytes {

	private enum Part {

		HEAD, SIZE, CHUNK, REST

	}

	/** Where a cut may hurt. */
	enum Place {

		/** The event is whole, and nothing of the next one is there. */
		AFTER_EVENT,

		/** The id lacks digits, and what is there of it is the id of another event. */
		IN_ID,

		/** The id is there, but nothing of what it belongs to. */
		AFTER_ID,

		/** Half of a character is there. */
		IN_CHARACTER,

		/** All lines of the event are there, but nothing says so. */
		BEFORE_BLANK_LINE

	}

	private Part part = Part.HEAD;

	private final ByteArrayOutputStream frame = new ByteArrayOutputStream();

	private final ByteArrayOutputStream line = new ByteArrayOutputStream();

	private int status;

	private boolean chunked;

	private int left;

	private String id;

	private boolean data;

	private int events;

	private String lastEvent;

	private Place place;

	/** Takes the next byte. */
	void pass(int next) {
		this.place = null;
		switch (this.part) {
			case HEAD -> head(next);
			case SIZE -> size(next);
			case CHUNK -> {
				event(next);
				if (--this.left == 0) {
					// the line of the next size begins with the end of this chunk's
					this.part = Part.SIZE;
				}
			}
			case REST -> {
			}
		}
	}

	private void head(int next) {
		this.frame.write(next);
		if (next != '\n') {
			return;
		}
		String header = frame();
		if (this.status == 0) {
			this.status = Integer.parseInt(header.split(" ")[1]);
		}
		else if (header.equalsIgnoreCase("Transfer-Encoding: chunked")) {
			this.chunked = true;
		}
		else if (header.isEmpty()) {
			this.part = this.chunked ? Part.SIZE : Part.REST;
		}
	}

	private void size(int next) {
		this.frame.write(next);
		if (next != '\n') {
			return;
		}
		String size = frame();
		if (!size.isEmpty()) {
			this.left = Integer.parseInt(size, 16);
			this.part = (this.left > 0) ? Part.CHUNK : Part.REST;
		}
	}

	private String frame() {
		String text = this.frame.toString(StandardCharsets.ISO_8859_1).strip();
		this.frame.reset();
		return text;
	}

	private void event(int next) {
		this.line.write(next);
		String text = this.line.toString(StandardCharsets.ISO_8859_1);
		if (next != '\n') {
			if (text.startsWith("id:0-") && text.length() == "id:0-1".length()) {
				this.place = Place.IN_ID;
			}
			else if (text.startsWith("data:") && next == 0xC3) {
				this.place = Place.IN_CHARACTER;
			}
			return;
		}
		this.line.reset();
		if (text.startsWith("id:")) {
			this.id = text.substring(3).strip();
			this.place = Place.AFTER_ID;
		}
		else if (text.startsWith("data:")) {
			this.data = true;
			this.place = Place.BEFORE_BLANK_LINE;
		}
		else if (text.equals("\n") && this.data) {
			this.data = false;
			this.events++;
			this.lastEvent = this.id;
			this.place = Place.AFTER_EVENT;
		}
	}

	/** The status of the answer; 0 as long as it is not known. */
	int status() {
		return this.status;
	}

	/** How many whole events there were. */
	int events() {
		return this.events;
	}

	/** The id of the last whole event, or {@code null}. */
	String lastEvent() {
		return this.lastEvent;
	}

	/** Where the last byte was, or {@code null} if that is no place of interest. */
	Place place() {
		return this.place;
	}

}
