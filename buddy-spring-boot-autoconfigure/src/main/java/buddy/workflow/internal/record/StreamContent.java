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
 * The content of a streamed run so far: pieces of text are added up, and the full text of
 * a completed event replaces the pieces that it repeats. It grows little further than is
 * stored.
 */
public final class StreamContent {

	/** So many items that are no text are kept; a stream may have no end. */
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
	 * Begins without content.
	 * @param most how many bytes of it are stored; 0 is no limit
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

	/** What the run has said by now: text, else the items. */
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

	/** The reasoning in the pieces of the stream. */
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

	/** What the run has said by now, and how much of it is left out. */
	public synchronized RunResponse response() {
		RunResponse response = RunResponse.of(content());
		Map<String, @Nullable Object> left = leftOut();
		return left.isEmpty() ? response : response.toBuilder().extraData(left).build();
	}

	/** How many items are not in the content, and how many events the caller missed. */
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

	/** One character too many tells whoever stores the text that it was longer. */
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

	/** What has no JSON is no matter of size; the response's note tells of it. */
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
