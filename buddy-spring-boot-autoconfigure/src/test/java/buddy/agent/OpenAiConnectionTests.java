package buddy.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import reactor.test.StepVerifier;

import buddy.run.RunCancelledException;
import buddy.run.RunResponseEvent.RunError;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of the connection to the model when one side gives up in mid-stream: a bare
 * socket, because it must be seen to close.
 */
@Timeout(60)
class OpenAiConnectionTests {

	private static final String BEGINNING = """
			HTTP/1.1 200 OK\r
			Content-Type: text/event-stream\r
			Transfer-Encoding: chunked\r
			\r
			""";

	private static final String CHUNK = """
			data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m",\
			"choices":[{"index":0,"delta":{"content":"Fus"},"finish_reason":null}]}

			""";

	private final FakeRunContext run = new FakeRunContext();

	private final CompletableFuture<Boolean> closedByClient = new CompletableFuture<>();

	private ServerSocket server;

	private Agent agent;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		this.agent = Agents
			.over(OpenAiChatModel.builder()
				.options(OpenAiChatOptions.builder()
					.baseUrl("http://127.0.0.1:" + this.server.getLocalPort() + "/v1")
					.apiKey("test")
					.model("m")
					.maxRetries(0)
					.timeout(Duration.ofSeconds(30))
					.build())
				.build())
			.named("a")
			.build();
	}

	@AfterEach
	void close() throws IOException {
		this.server.close();
	}

	@Test
	void cancelledSubscriptionClosesTheConnection() {
		serve(false);

		StepVerifier.create(this.agent.stream("?")).expectNextCount(2).thenCancel().verify();

		assertThat(this.closedByClient).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(true);
	}

	@Test
	void cancelledRunClosesTheConnection() {
		serve(false);

		StepVerifier.create(AgentTests.within(this.run, () -> this.agent.stream("?")))
			.expectNextCount(2)
			.then(() -> this.run.cancellation().cancel("stop"))
			.expectNextCount(1)
			.verifyError(RunCancelledException.class);

		assertThat(this.closedByClient).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(true);
	}

	@Test
	void connectionThatTheServerDropsIsAnEventAndAnError() {
		serve(true);

		StepVerifier.create(AgentTests.within(this.run, () -> this.agent.stream("?")))
			.expectNextMatches(RunStarted.class::isInstance)
			.expectNextMatches(RunResponseContent.class::isInstance)
			.expectNextMatches(RunError.class::isInstance)
			.verifyError();
		assertThat(this.run.recorded).isEmpty();
	}

	/** Answers one request with one chunk, then drops the connection or waits. */
	private void serve(boolean drop) {
		Thread thread = new Thread(() -> {
			try (Socket socket = this.server.accept()) {
				InputStream in = socket.getInputStream();
				in.read(new byte[8192]);
				OutputStream out = socket.getOutputStream();
				out.write((BEGINNING + Integer.toHexString(CHUNK.length()) + "\r\n" + CHUNK + "\r\n")
					.getBytes(StandardCharsets.US_ASCII));
				out.flush();
				if (!drop) {
					this.closedByClient.complete(drained(in));
				}
			}
			catch (IOException ex) {
				this.closedByClient.complete(true); // reset counts as closed
			}
		}, "fake-openai");
		thread.setDaemon(true);
		thread.start();
	}

	private static boolean drained(InputStream in) throws IOException {
		byte[] rest = new byte[8192];
		int read = in.read(rest);
		while (read >= 0) {
			read = in.read(rest);
		}
		return true;
	}

}
