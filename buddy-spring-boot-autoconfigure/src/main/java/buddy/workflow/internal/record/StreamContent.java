package buddy.workflow.internal.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent.RunCompleted;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;
import buddy.run.RunResponseEvent.WorkflowCompleted;

/**
 * Collects the content of a streamed run. Pieces of text are concatenated, and the full
 * text of a completed event replaces the pieces that it repeats. Little more is kept than
 * is stored.
 */
public final class StreamContent {

	/** The maximum number of non-text items to keep, since a stream may be endless. */
	private static final int MAX_ITEMS = 1000;

	private final StringBuilder finished = new StringBuilder();

	private final StringBuilder pieces = new StringBuilder();

	private final StringBuilder reasoning = new StringBuilder();

	private final List<Object> items = new ArrayList<>();

	private @Nullable Object whole;

	private final long most;

	private boolean text;

	private long itemsSize;

	private long dropped;

	private long missed;

	/**
	 * Creates an empty content.
	 * @param most the maximum number of bytes that are stored; 0 for no limit
	 */
	public StreamContent(long most) {
		this.most = most;
	}

	public synchronized void take(@Nullable Object item) {
		if (item instanceof CharSequence piece) {
			add(piece);
		}
		else if (item instanceof RunResponseContent event) {
			addPiece(event.content());
			addReasoning(event.reasoningContent());
		}
		else if (item instanceof RunStarted) {
			finishPieces();
		}
		else if (item instanceof RunCompleted event) {
			complete(event.content());
		}
		else if (item instanceof WorkflowCompleted event) {
			this.whole = event.content();
		}
		else if (item instanceof RunResponse response) {
			addPiece(response.content());
		}
		else if (item != null && !(item instanceof buddy.run.RunResponseEvent)) {
			keep(item);
		}
	}

	/** Returns the content so far: the text, or else the items. */
	public synchronized @Nullable Object content() {
		if (this.whole != null) {
			return this.whole;
		}
		if (this.text) {
			return this.finished.toString() + this.pieces;
		}
		if (this.items.isEmpty()) {
			return null;
		}
		return List.copyOf(this.items);
	}

	/** Returns the reasoning in the pieces of the stream. */
	public synchronized String reasoning() {
		return this.reasoning.toString();
	}

	private void addReasoning(@Nullable String piece) {
		long room = (this.most > 0) ? this.most - this.reasoning.length() : Integer.MAX_VALUE;
		if (piece != null && room > 0) {
			this.reasoning.append(piece, 0, (int) Math.min(piece.length(), room));
		}
	}

	/** Counts an emitted event that the caller's stream had no room for. */
	public synchronized long missed() {
		return ++this.missed;
	}

	/** Returns the response so far, and how much of it is left out. */
	public synchronized RunResponse response() {
		RunResponse response = RunResponse.of(content());
		Map<String, @Nullable Object> left = leftOut();
		return left.isEmpty() ? response : response.toBuilder().extraData(left).build();
	}

	/**
	 * Returns the number of items left out of the content and of events missed by the
	 * caller.
	 */
	public synchronized Map<String, @Nullable Object> leftOut() {
		Map<String, @Nullable Object> left = new LinkedHashMap<>();
		if (this.dropped > 0) {
			left.put("dropped_items", this.dropped);
		}
		if (this.missed > 0) {
			left.put("dropped_events", this.missed);
		}
		return left;
	}

	private void addPiece(@Nullable Object content) {
		if (content instanceof CharSequence piece) {
			add(piece);
		}
		else if (content != null) {
			keep(content);
		}
	}

	private void add(CharSequence piece) {
		this.text = true;
		append(this.pieces, piece);
	}

	/**
	 * Appends text up to one character beyond the limit, which shows when it is stored
	 * that it was longer.
	 */
	private void append(StringBuilder to, CharSequence piece) {
		long room = (this.most > 0) ? this.most + 1 - this.finished.length() - this.pieces.length() : Integer.MAX_VALUE;
		if (room > 0) {
			to.append(piece, 0, (int) Math.min(piece.length(), room));
		}
	}

	private void complete(@Nullable Object content) {
		if (content instanceof CharSequence full) {
			this.text = true;
			this.pieces.setLength(0);
			append(this.pieces, full);
			finishPieces();
		}
		else if (content != null) {
			this.pieces.setLength(0);
			keep(content);
		}
		else {
			finishPieces();
		}
	}

	private void finishPieces() {
		this.finished.append(this.pieces);
		this.pieces.setLength(0);
	}

	private void keep(Object item) {
		if (this.items.size() < MAX_ITEMS && fits(item)) {
			this.items.add(item);
		}
		else {
			this.dropped++;
		}
	}

	/**
	 * Returns whether there is room for an item. An item without a JSON form always fits;
	 * it is reported in the response's note.
	 */
	private boolean fits(Object item) {
		if (this.most <= 0) {
			return true;
		}
		try {
			long size = StorableJson.size(Json.writeValue(item)) + 1; // and a comma
			boolean fits = this.itemsSize + size < this.most;
			this.itemsSize += fits ? size : 0;
			return fits;
		}
		catch (RuntimeException | StackOverflowError ex) {
			return true;
		}
	}

}
