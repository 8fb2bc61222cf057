package buddy.workflow.internal.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.ToolExecution;

/**
 * Collects what the agents of a run exchanged with their models, for the run's record.
 */
public final class AgentRecord {

	private final List<Message> messages = new ArrayList<>();

	private final List<ToolExecution> tools = new ArrayList<>();

	private final Map<String, @Nullable Object> metrics = new LinkedHashMap<>();

	/** The metrics of each call, to distinguish those of an agent from the user's. */
	private final List<Map<String, @Nullable Object>> calls = new ArrayList<>();

	private final List<String> reasoning = new ArrayList<>();

	/** Suppliers of the responses so far of calls that have not ended. */
	private final Set<Supplier<@Nullable RunResponse>> unfinished = new LinkedHashSet<>();

	/** Registers a call that begins, and returns a consumer that records its end. */
	public synchronized Consumer<RunResponse> track(Supplier<@Nullable RunResponse> soFar) {
		this.unfinished.add(soFar);
		return (response) -> ended(soFar, response);
	}

	/**
	 * Records the end of a call. A call that ends after its run is ignored, since its
	 * response so far is in the run's record already.
	 */
	private synchronized void ended(Supplier<@Nullable RunResponse> call, RunResponse response) {
		if (this.unfinished.remove(call)) {
			add(response);
		}
	}

	public synchronized void add(RunResponse response) {
		String reasoned = response.reasoningContent();
		if (reasoned != null && !reasoned.isBlank()) {
			this.reasoning.add(reasoned);
		}
		this.messages.addAll(response.messages());
		this.tools.addAll(response.tools());
		this.calls.add(response.metrics());
		response.metrics().forEach(this::addMetric);
	}

	/** Returns the messages of one agent, from earlier runs and then from this one. */
	public synchronized List<Message> history(String agentId, List<Message> earlier) {
		return Stream.concat(earlier.stream(), this.messages.stream())
			.filter((message) -> agentId.equals(message.additional().get("agent_id")))
			.filter((message) -> !message.role().equals("system"))
			.toList();
	}

	/**
	 * Adds the recorded data that the user's response does not contain. The response of
	 * an agent that is returned unchanged is part of that data, and is not added twice.
	 * @param response the response of the run
	 * @param streamed the reasoning in the events of the run's stream
	 */
	public synchronized RunResponse complete(RunResponse response, String streamed) {
		for (Supplier<@Nullable RunResponse> soFar : List.copyOf(this.unfinished)) {
			RunResponse partial = soFar.get();
			if (partial != null) {
				add(partial);
			}
		}
		this.unfinished.clear();
		RunResponse.Builder builder = response.toBuilder().reasoningContent(reasoning(response, streamed));
		if (this.calls.isEmpty()) {
			return builder.build();
		}
		builder.messages(union(this.messages, response.messages())).tools(union(this.tools, response.tools()));
		if (response.metrics().isEmpty() || this.calls.contains(response.metrics())) {
			builder.metrics(this.metrics);
		}
		return builder.build();
	}

	private @Nullable String reasoning(RunResponse response, String streamed) {
		String given = response.reasoningContent();
		if (given != null && !this.reasoning.contains(given)) {
			return given;
		}
		if (!this.reasoning.isEmpty()) {
			return String.join("\n\n", this.reasoning);
		}
		return (given != null || streamed.isEmpty()) ? given : streamed;
	}

	private static <T> List<T> union(List<T> recorded, List<T> given) {
		List<T> all = new ArrayList<>(recorded);
		given.stream().filter((item) -> !recorded.contains(item)).forEach(all::add);
		return all;
	}

	private void addMetric(String name, @Nullable Object value) {
		List<Object> all = new ArrayList<>();
		if (this.metrics.get(name) instanceof List<?> before) {
			all.addAll(before);
		}
		if (value instanceof List<?> list) {
			all.addAll(list);
		}
		else if (value != null) {
			all.add(value);
		}
		this.metrics.put(name, List.copyOf(all));
	}

}
