package buddy.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
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
import buddy.run.RunResponseEvent.RunError;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;
import buddy.run.RunResponseEvent.ToolCallCompleted;
import buddy.run.RunResponseEvent.ToolCallStarted;
import buddy.run.ToolExecution;

/**
 * Creates the events of an answer that came in one piece, and streams of events that a
 * thread pulls.
 */
final class AgentEvents {

	private AgentEvents() {
	}

	static List<RunResponseEvent> of(Agent agent, String prompt, @Nullable RunContext context) {
		try (RunContextHolder.Binding binding = RunContextHolder.bind(context)) {
			return of(agent.run(prompt));
		}
	}

	/** Creates the events of a response. */
	static List<RunResponseEvent> of(RunResponse response) {
		EventHeader header = header(response);
		return List.of(started(header, response),
				new RunResponseContent(header, response.contentAsString(), "str", null), completed(header, response));
	}

	/**
	 * Creates the events of a streamed call that is handed back: all that the model said
	 * is in one piece.
	 */
	static List<RunResponseEvent> replayed(RunResponse response) {
		EventHeader header = header(response);
		List<RunResponseEvent> events = new ArrayList<>();
		events.add(started(header, response));
		for (ToolExecution tool : response.tools()) {
			events.add(new ToolCallStarted(header, new ToolExecution(tool.toolCallId(), tool.toolName(),
					tool.toolArgs(), null, null, tool.additional())));
			events.add(new ToolCallCompleted(header, tool, tool.result()));
		}
		String said = said(response);
		if (!said.isEmpty() || response.reasoningContent() != null) {
			events.add(new RunResponseContent(header, said.isEmpty() ? null : said, said.isEmpty() ? null : "str",
					response.reasoningContent()));
		}
		events.add(completed(header, response));
		return events;
	}

	/** Creates the events of a streamed call that has failed in an earlier execution. */
	static List<RunResponseEvent> replayed(EventHeader header, RuntimeException failure) {
		return List.of(new RunStarted(header, null, null), new RunError(header, String.valueOf(failure.getMessage())));
	}

	/** Returns what the model said in all of its answers, as the pieces of a stream. */
	private static String said(RunResponse response) {
		return response.messages()
			.stream()
			.filter((message) -> message.role().equals("assistant") && message.content() instanceof String)
			.map((message) -> (String) message.content())
			.collect(Collectors.joining());
	}

	private static EventHeader header(RunResponse response) {
		return new EventHeader(response.createdAt(), response.runId(), response.sessionId(), response.workflowId(),
				response.agentId(), response.agentName(), Map.of());
	}

	private static RunStarted started(EventHeader header, RunResponse response) {
		return new RunStarted(header, response.model(), response.modelProvider());
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
