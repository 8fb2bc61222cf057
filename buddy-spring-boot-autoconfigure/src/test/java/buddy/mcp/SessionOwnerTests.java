package buddy.mcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A client's session is of use to its own user alone, and shows what that user may call.
 */
class SessionOwnerTests {

	private final AtomicReference<String> user = new AtomicReference<>("alice");

	private final ToolCalls calls = new ToolCalls(() -> {
		throw new AssertionError("no run is cancelled");
	});

	private final McpStreamableServerSession inner = Mockito.mock(McpStreamableServerSession.class);

	private final Answers answers = new Answers();

	private boolean mayCall = true;

	private final GuardedStreamableSession session;

	SessionOwnerTests() {
		Mockito.when(this.inner.getId()).thenReturn("s");
		Mockito.when(this.inner.delete()).thenReturn(Mono.empty());
		Mockito.when(this.inner.responseStream(Mockito.any(), Mockito.any())).thenAnswer((call) -> {
			McpStreamableServerTransport back = call.getArgument(1);
			JSONRPCRequest request = call.getArgument(0);
			return back.sendMessage(JSONRPCResponse.result(request.id(),
					new ListToolsResult(List.of(tool("counter"), tool("applications-own")), null)));
		});
		ToolRequests requests = new ToolRequests(this.calls, () -> {
			if (!this.mayCall) {
				throw new IllegalStateException("a viewer");
			}
		}, this.user::get);
		this.session = new GuardedStreamableSession(this.inner, requests, requests.owner());
		this.calls.add("counter");
	}

	@Test
	void anothersRequestIsAnsweredAsIfThereWereNoSession() {
		this.user.set("bob");
		this.session.responseStream(request("tools/call"), this.answers).block();
		assertThat(this.answers.told).singleElement()
			.satisfies((told) -> assertThat(((JSONRPCResponse) told).error().message()).isEqualTo("Session not found"));
		this.session.accept(new JSONRPCNotification("2.0", "notifications/cancelled", Map.of("requestId", 1))).block();
		this.session.accept(new JSONRPCNotification("2.0", "notifications/initialized", null)).block();
		this.session.accept(JSONRPCResponse.result(1, Map.of())).block();
		assertThat(this.session.replay("1").collectList().block()).isEmpty();
		assertThatException().isThrownBy(() -> this.session.delete().block()).withMessage("Session not found");
		this.session.listeningStream(this.answers);
		this.user.set(null);
		assertThatException().isThrownBy(() -> this.session.delete().block()).withMessage("Session not found");

		Mockito.verify(this.inner, Mockito.atLeastOnce()).getId();
		Mockito.verifyNoMoreInteractions(this.inner);
	}

	@Test
	void ownRequestReachesTheSession() {
		this.session.responseStream(request("tools/call"), this.answers).block();
		this.session.delete().block();
		Mockito.verify(this.inner).responseStream(Mockito.any(), Mockito.any());
		Mockito.verify(this.inner).delete();
	}

	@Test
	void sessionThatNobodyOpenedIsItsFirstUsers() {
		AtomicReference<String> current = new AtomicReference<>();
		SessionOwner owner = new SessionOwner(current::get);
		assertThat(owner.isCurrent()).isTrue();
		current.set("alice");
		assertThat(owner.isCurrent()).isTrue();
		current.set("bob");
		assertThat(owner.isCurrent()).isFalse();
		current.set(null);
		assertThat(owner.isCurrent()).isFalse();
	}

	@Test
	void workflowsAreShownToWhoMayCallThem() {
		assertThat(shown()).containsExactly("counter", "applications-own");
		this.mayCall = false;
		assertThat(shown()).containsExactly("applications-own");
	}

	private List<String> shown() {
		this.answers.told.clear();
		this.session.responseStream(request("tools/list"), this.answers).block();
		ListToolsResult list = (ListToolsResult) ((JSONRPCResponse) this.answers.told.get(0)).result();
		return list.tools().stream().map(Tool::name).toList();
	}

	private static JSONRPCRequest request(String method) {
		return new JSONRPCRequest("2.0", method, 1, Map.of());
	}

	private static Tool tool(String name) {
		return Tool.builder(name, Map.of("type", "object")).build();
	}

	/** Keeps what is told to the client. */
	private static final class Answers implements McpStreamableServerTransport {

		private final List<JSONRPCMessage> told = new ArrayList<>();

		@Override
		public Mono<Void> sendMessage(JSONRPCMessage message) {
			return sendMessage(message, null);
		}

		@Override
		public Mono<Void> sendMessage(JSONRPCMessage message, String messageId) {
			return Mono.fromRunnable(() -> this.told.add(message));
		}

		@Override
		public <T> T unmarshalFrom(Object data, TypeRef<T> typeRef) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Mono<Void> closeGracefully() {
			return Mono.empty();
		}

		@Override
		public void close() {
		}

	}

}
