package buddy.workflow.internal.execution;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import buddy.json.internal.WholeCharacters;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunResponseContent;

/**
 * Rejoins characters that are split over two pieces of text in the events of a run. The
 * whole character comes with the second piece, since each event is stored and sent by
 * itself.
 */
final class EventPieces {

	private final WholeCharacters text = new WholeCharacters();

	private final Map<String, WholeCharacters> ofAgents = new ConcurrentHashMap<>();

	String whole(CharSequence piece) {
		return this.text.take(piece);
	}

	RunResponseEvent whole(RunResponseEvent event) {
		if (!(event instanceof RunResponseContent content) || !(content.content() instanceof String piece)
				|| piece.isEmpty()) {
			return event;
		}
		String agent = Objects.requireNonNullElse(content.header().agentId(), "");
		WholeCharacters open = this.ofAgents.get(agent);
		if (open == null) {
			if (!Character.isHighSurrogate(piece.charAt(piece.length() - 1))) {
				return event;
			}
			open = this.ofAgents.computeIfAbsent(agent, (unknown) -> new WholeCharacters());
		}
		String whole = open.take(piece);
		return whole.equals(piece) ? event
				: new RunResponseContent(content.header(), whole, content.contentType(), content.reasoningContent());
	}

}
