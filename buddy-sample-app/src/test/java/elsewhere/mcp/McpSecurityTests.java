package elsewhere.mcp;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.run.RunStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may see and call tools beside Spring Security, over every transport.
 */
@Tag("boot-security")
@ParameterizedClass
@MethodSource("elsewhere.mcp.McpTransport#forSecurity")
class McpSecurityTests {

	private static McpApplication application;

	private final McpTransport transport;

	McpSecurityTests(McpTransport transport) {
		this.transport = transport;
	}

	@BeforeParameterizedClassInvocation
	static void start(McpTransport transport) {
		application = McpApplication.start(transport, new Class<?>[] { SecuredMcp.class });
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	@BeforeEach
	void shut() {
		application.gate().shut();
	}

	@AfterEach
	void open() {
		application.gate().open();
	}

	@Test
	void operatorSeesAndRunsTools() throws Exception {
		try (McpTestClient alice = McpTestClient.open(this.transport, application, "alice")) {
			assertThat(alice.tools(1)).contains("name=echo").contains("name=gated");
			assertThat(alice.tool(2, "echo", "alices")).contains("\"isError\":false").contains("hello");
			assertThat(application.runOf("alices").userId()).isEqualTo("alice");
			try (McpTestClient bob = McpTestClient.open(this.transport, application, "bob")) {
				assertThat(bob.tool(3, "echo", "alices")).contains("\"isError\":true").doesNotContain("alice\"");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "vera", "nemo" })
	void whoIsNoOperatorSeesAndRunsNone(String name) throws Exception {
		try (McpTestClient user = McpTestClient.open(this.transport, application, name)) {
			assertThat(user.tools(1)).contains("tools=[]");
			assertThat(user.tool(2, "echo", "of-" + name)).contains("\"isError\":true").contains("operator");
			assertThat(application.sessions().find("of-" + name)).isEmpty();
		}
	}

	@Test
	void whoHasNotSignedInIsRefused() throws Exception {
		McpTestClient nobody = McpTestClient.of(this.transport, application, "");
		assertThat(nobody.post(McpTestClient.toolCall(1, "echo", "of-nobody", "a"), Map.of()).statusCode())
			.isEqualTo(401);
		for (String path : this.transport.paths()) {
			assertThat(nobody.byName("localhost", "GET", path)).isEqualTo("HTTP/1.1 401");
		}
		assertThat(application.sessions().find("of-nobody")).isEmpty();
	}

	@Test
	void anothersMcpSessionIsOfNoUse() throws Exception {
		try (McpTestClient alice = McpTestClient.open(this.transport, application, "alice")) {
			CompletableFuture<Map<String, Object>> waiting = CompletableFuture.supplyAsync(() -> {
				try {
					return alice.call(42, McpTestClient.toolCall(42, "gated", "alices-run", "a"));
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			});
			application.gate().awaitArrival();
			McpTestClient bob = alice.as("bob");
			bob.cancel(42);
			if (this.transport.hasSessions()) {
				bob.post(McpTestClient.toolCall(43, "echo", "bobs-call", "a"), Map.of());
				assertThat(application.sessions().find("bobs-call")).isEmpty();
			}
			application.gate().open();
			assertThat(waiting.get(30, TimeUnit.SECONDS).toString()).contains("through");
			assertThat(application.runOf("alices-run").status()).isEqualTo(RunStatus.COMPLETED);
		}
	}

}
