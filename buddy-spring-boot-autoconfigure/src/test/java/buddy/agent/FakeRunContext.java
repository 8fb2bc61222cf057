package buddy.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import buddy.run.Cancellation;
import buddy.run.Message;
import buddy.run.RunContext;
import buddy.run.RunKey;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.run.internal.CancellationSource;

/**
 * A run that keeps what agents record, and serves it as history.
 */
final class FakeRunContext implements RunContext {

	final List<RunResponse> recorded = new CopyOnWriteArrayList<>();

	final List<RunResponseEvent> published = new CopyOnWriteArrayList<>();

	final List<String> historyAskedFor = new CopyOnWriteArrayList<>();

	private final CancellationSource cancellation = new CancellationSource();

	@Override
	public RunKey key() {
		return RunKey.builder().runId("run-1").workflowId("research").sessionId("session-1").build();
	}

	@Override
	public @Nullable RunContext parent() {
		return null;
	}

	@Override
	public Map<String, @Nullable Object> runInput() {
		return Map.of();
	}

	@Override
	public Cancellation cancellation() {
		return this.cancellation;
	}

	@Override
	public void emit(RunResponseEvent event) {
	}

	@Override
	public void publish(RunResponseEvent event) {
		this.published.add(event);
	}

	@Override
	public void recordAgent(RunResponse response) {
		this.recorded.add(response);
	}

	@Override
	public List<Message> history(String agentId, int lastRuns) {
		this.historyAskedFor.add(agentId + "/" + lastRuns);
		List<Message> messages = new ArrayList<>();
		this.recorded.stream()
			.filter((response) -> agentId.equals(response.agentId()))
			.flatMap((response) -> response.messages().stream())
			.filter((message) -> !message.role().equals("system"))
			.forEach(messages::add);
		return messages;
	}

}
