package buddy.workflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import buddy.run.Message;
import buddy.run.RunResponse;
import buddy.run.ToolExecution;

/**
 * What the agents of a run exchanged with their models, for the run's record.
 */
final class AgentRecord {

	private final List<Message> messages = new ArrayList<>();

	private final List<ToolExecution> tools = new ArrayList<>();

	private final Map<String, @Nullable Object> metrics = new LinkedHashMap<>();

	/** The metrics of each call, to tell an agent's own from the user's. */
	private final List<Map<String, @Nullable Object>> calls = new ArrayList<>();

	synchronized void add(RunResponse response) {
		this.messages.addAll(response.messages());
		this.tools.addAll(response.tools());
		this.calls.add(response.metrics());
		response.metrics().forEach(this::addMetric);
	}

	/** What one agent said and was told, in earlier runs and then in this one. */
	synchronized List<Message> history(String agentId, List<Message> earlier) {
		return Stream.concat(earlier.stream(), this.messages.stream())
			.filter((message) -> agentId.equals(message.additional().get("agent_id")))
			.filter((message) -> !message.role().equals("system"))
			.toList();
	}

	/**
	 * Adds what the user's response does not hold itself; one agent's response, returned
	 * as it is, is part of what is added.
	 */
	synchronized RunResponse complete(RunResponse response) {
		if (this.calls.isEmpty()) {
			return response;
		}
		RunResponse.Builder builder = response.toBuilder()
			.messages(union(this.messages, response.messages()))
			.tools(union(this.tools, response.tools()));
		if (response.metrics().isEmpty() || this.calls.contains(response.metrics())) {
			builder.metrics(this.metrics);
		}
		return builder.build();
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
