package buddy.mcp;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.CustomEvent;
import buddy.run.RunResponseEvent.RunIntermediateResponseContent;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.ToolCallStarted;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowCompleted;
import buddy.run.RunResponseEvent.WorkflowError;

/**
 * A call of a tool in progress.
 */
final class ToolCall {

	private static final int MAX_MESSAGE = 500;

	private final @Nullable String key;

	private final Consumer<ProgressNotification> client;

	private final @Nullable Object progressToken;

	private final AtomicInteger progress = new AtomicInteger();

	private volatile @Nullable String runId;

	private volatile @Nullable String cancelReason;

	/**
	 * Creates a call.
	 * @param key the key for cancellation, or {@code null} if it cannot be cancelled
	 * @param client receives progress notifications
	 * @param progressToken the token of progress notifications, or {@code null} if they
	 * were not requested
	 */
	ToolCall(@Nullable String key, Consumer<ProgressNotification> client, @Nullable Object progressToken) {
		this.key = key;
		this.client = client;
		this.progressToken = progressToken;
	}

	@Nullable String key() {
		return this.key;
	}

	@Nullable String runId() {
		return this.runId;
	}

	void runId(String runId) {
		this.runId = runId;
	}

	@Nullable String cancelReason() {
		return this.cancelReason;
	}

	void cancelReason(String reason) {
		this.cancelReason = reason;
	}

	void notifyProgress(RunResponseEvent event) {
		String message = (this.progressToken != null) ? message(event) : null;
		if (this.progressToken != null && message != null) {
			this.client.accept(ProgressNotification.builder(this.progressToken, this.progress.incrementAndGet())
				.message(message)
				.build());
		}
	}

	/**
	 * Returns the progress message of an event, or {@code null}: pieces of text are not
	 * progress, and the end is reported by the result.
	 */
	private static @Nullable String message(RunResponseEvent event) {
		if (event instanceof RunResponseContent || event instanceof RunIntermediateResponseContent
				|| event instanceof WorkflowCompleted || event instanceof WorkflowError
				|| event instanceof WorkflowCancelled) {
			return null;
		}
		if (event instanceof CustomEvent custom) {
			String text = custom.name() + ((custom.content() != null) ? ": " + Json.writeValue(custom.content()) : "");
			return (text.length() > MAX_MESSAGE) ? text.substring(0, MAX_MESSAGE) + "…" : text;
		}
		String agent = event.header().agentName();
		String who = (agent != null) ? agent : event.header().workflowId();
		String tool = (event instanceof ToolCallStarted started && started.tool() != null)
				? " " + started.tool().toolName() : "";
		return event.event() + tool + ((who != null) ? " (" + who + ")" : "");
	}

}
