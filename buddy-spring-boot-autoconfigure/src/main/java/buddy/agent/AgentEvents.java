package buddy.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import buddy.run.EventHeader;
import buddy.run.RunContext;
import buddy.run.RunContextHolder;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunCompleted;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;

/**
 * Creates the events of an answer that came in one piece, and streams of events that a
 * thread pulls.
 */
final class AgentEvents {

	private AgentEvents() {
	}

	static List<RunResponseEvent> of(Agent agent, String prompt, @Nullable RunContext context) {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(context)) {
			RunResponse response = agent.run(prompt);
			EventHeader header = new EventHeader(response.createdAt(), response.runId(), response.sessionId(),
					response.workflowId(), response.agentId(), response.agentName(), Map.of());
			return List.of(new RunStarted(header, response.model(), response.modelProvider()),
					new RunResponseContent(header, response.contentAsString(), "str", null),
					completed(header, response));
		}
	}

	/**
	 * Creates the completed event; if the answer may be incomplete, it has the finish
	 * reason as well.
	 */
	static RunCompleted completed(EventHeader header, RunResponse response) {
		Map<String, @Nullable Object> more = new LinkedHashMap<>(header.additional());
		more.put("finish_reason", response.finishReason());
		EventHeader whole = new EventHeader(header.createdAt(), header.runId(), header.sessionId(), header.workflowId(),
				header.agentId(), header.agentName(), more);
		return new RunCompleted(whole, response.content(), response.contentType(), response.reasoningContent());
	}

	/**
	 * Subscribes on the first pull, unlike {@link Flux#toStream()}, so that a stream that
	 * is never read makes no model call. Events are requested one at a time.
	 */
	static <T> Stream<T> pulled(Flux<T> events) {
		AtomicReference<@Nullable Stream<T>> source = new AtomicReference<>();
		return StreamSupport.stream(() -> {
			Stream<T> opened = events.toStream(1);
			source.set(opened);
			return opened.spliterator();
		}, 0, false).onClose(() -> {
			Stream<T> opened = source.get();
			if (opened != null) {
				opened.close();
			}
		});
	}

}
