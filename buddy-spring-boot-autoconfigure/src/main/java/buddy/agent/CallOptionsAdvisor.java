package buddy.agent;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.core.Ordered;
import reactor.core.publisher.Flux;

/**
 * Merges the agent's options with those of the client, which {@code ChatClient} would
 * replace, and wraps every tool, including those added by the application's customizers.
 */
final class CallOptionsAdvisor implements CallAdvisor, StreamAdvisor {

	private final AgentCall call;

	CallOptionsAdvisor(AgentCall call) {
		this.call = call;
	}

	@Override
	public ChatClientResponse adviseCall(ChatClientRequest request, CallAdvisorChain chain) {
		return chain.nextCall(withOptions(request));
	}

	@Override
	public Flux<ChatClientResponse> adviseStream(ChatClientRequest request, StreamAdvisorChain chain) {
		return chain.nextStream(withOptions(request));
	}

	@Override
	public String getName() {
		return "buddy options";
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	private ChatClientRequest withOptions(ChatClientRequest request) {
		Prompt prompt = request.prompt().mutate().chatOptions(withTools(merged(request.prompt().getOptions()))).build();
		return request.mutate().prompt(prompt).build();
	}

	private ChatOptions merged(@Nullable ChatOptions client) {
		AgentDefinition agent = this.call.agent();
		ChatOptions.Builder<?> options = (client != null) ? client.mutate() : ChatOptions.builder();
		if (agent.options() != null) {
			options = options.combineWith(agent.options().mutate());
		}
		if (agent.model() != null) {
			options = options.model(agent.model());
		}
		return options.build();
	}

	private ChatOptions withTools(ChatOptions options) {
		if (options instanceof ToolCallingChatOptions toolOptions) {
			List<ToolCallback> tools = toolOptions.getToolCallbacks();
			return (tools == null || tools.isEmpty()) ? options
					: toolOptions.mutate().toolCallbacks(recorded(tools)).build();
		}
		if (!this.call.agent().tools().isEmpty()) {
			throw new IllegalStateException("Agent '" + this.call.agent().name()
					+ "' has tools, but its chat model cannot call any (its options are "
					+ options.getClass().getSimpleName() + "): choose another with chatModel(\"…\")");
		}
		return options;
	}

	private List<ToolCallback> recorded(List<ToolCallback> tools) {
		return tools.stream().map((tool) -> (ToolCallback) new RecordedTool(tool, this.call)).toList();
	}

}
