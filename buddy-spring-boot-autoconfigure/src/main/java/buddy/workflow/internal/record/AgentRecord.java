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
 * What the agents of a run exchanged with their models, for the run's record.
 */
public final class AgentRecord {

	private final List<Message> messages = new ArrayList<>();

	private final List<ToolExecution> tools = new ArrayList<>();

	private final Map<String, @Nullable Object> metrics = new LinkedHashMap<>();

	/** The metrics of each call, to tell an agent's own from the user's. */
	private final List<Map<String, @Nullable Object>> calls = new ArrayList<>();

	private final List<String> reasoning = new ArrayList<>();

	/** Gives what the calls that have not ended did by now. */
	private final Set<Supplier<@Nullable RunResponse>> unfinished = new LinkedHashSet<>();

	/** Takes a call that begins; what it returns records the call's end. */
	public synchronized Consumer<RunResponse> track(Supplier<@Nullable RunResponse> soFar) {
		this.unfinished.add(soFar);
		return (response) -> ended(soFar, response);
	}

	/**
	 * What comes after the end of the run is in its record already, as far as it came.
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

	/** What one agent said and was told, in earlier runs and then in this one. */
	public synchronized List<Message> history(String agentId, List<Message> earlier) {
		return Stream.concat(earlier.stream(), this.messages.stream())
			.filter((message) -> agentId.equals(message.additional().get("agent_id")))
			.filter((message) -> !message.role().equals("system"))
			.toList();
	}

	/**
	 * Adds what the user's response does not hold itself; one agent's response, returned
	 * as it is, is part of what is added.
	 * @param response what the run gave
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
