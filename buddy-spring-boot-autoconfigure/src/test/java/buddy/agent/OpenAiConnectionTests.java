package buddy.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import reactor.test.StepVerifier;

import buddy.run.Message;
import buddy.run.RunCancelledException;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunCancelled;
import buddy.run.RunResponseEvent.RunError;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;
import buddy.run.RunStatus;
import buddy.run.internal.CancellationSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of the connection to the model when one side gives up in mid-stream: a
 * bare socket, because it must be seen to close.
 */
@Timeout(120)
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
					.timeout(Duration.ofSeconds(60))
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
		serve(Server.GOES_ON);

		StepVerifier.create(this.agent.stream("?")).expectNextCount(2).thenCancel().verify();

		assertThat(this.closedByClient).succeedsWithin(20, TimeUnit.SECONDS);
	}

	@Test
	void cancelledRunClosesTheConnection() {
		serve(Server.GOES_ON);

		StepVerifier.create(AgentTests.within(this.run, () -> this.agent.stream("?")), 2)
			.expectNextCount(2)
			.then(() -> CancellationSource.of(this.run.cancellation()).cancel("stop"))
			.thenRequest(100)
			.thenConsumeWhile(RunResponseContent.class::isInstance)
			.expectNextMatches(RunCancelled.class::isInstance)
			.verifyError(RunCancelledException.class);

		assertThat(this.closedByClient).succeedsWithin(20, TimeUnit.SECONDS);
	}

	@Test
	void closedStreamClosesTheConnection() {
		serve(Server.GOES_ON);

		try (Stream<RunResponseEvent> events = this.agent.streamBlocking("?")) {
			assertThat(events.limit(3)).hasSize(3);
		}

		assertThat(this.closedByClient).succeedsWithin(20, TimeUnit.SECONDS);
	}

	/** The client's own close waits for its reader, up to its timeout of a minute. */
	@Test
	void cancelDoesNotWaitForAServerThatIsSilent() {
		serve(Server.FALLS_SILENT);

		Duration taken = StepVerifier.create(AgentTests.within(this.run, () -> this.agent.stream("?")))
			.expectNextCount(2)
			.then(() -> CancellationSource.of(this.run.cancellation()).cancel("stop"))
			.expectNextMatches(RunCancelled.class::isInstance)
			.verifyError(RunCancelledException.class);

		assertThat(taken).isLessThan(Duration.ofSeconds(40));
	}

	@Test
	void connectionThatTheServerDropsIsAnEventAndAnError() {
		serve(Server.DROPS);

		StepVerifier.create(AgentTests.within(this.run, () -> this.agent.stream("?")))
			.expectNextMatches(RunStarted.class::isInstance)
			.expectNextMatches(RunResponseContent.class::isInstance)
			.expectNextMatches(RunError.class::isInstance)
			.verifyError();
		assertThat(this.run.recorded).singleElement().satisfies((kept) -> {
			assertThat(kept.status()).isEqualTo(RunStatus.ERROR);
			assertThat(kept.finishReason()).isEqualTo("error");
			assertThat(kept.messages()).extracting(Message::role).containsExactly("user", "assistant");
			assertThat(kept.messages().get(1).content()).isEqualTo("Fus");
		});
	}

	/** Answers one request with one chunk, and then as the server does. */
	private void serve(Server behaviour) {
		Thread thread = new Thread(() -> {
			try (Socket socket = this.server.accept()) {
				socket.getInputStream().read(new byte[8192]);
				socket.getOutputStream().write(BEGINNING.getBytes(StandardCharsets.US_ASCII));
				writeChunk(socket);
				if (behaviour != Server.DROPS) {
					untilClosed(socket, behaviour);
				}
			}
			catch (IOException ex) {
				this.closedByClient.complete(true); // a reset
			}
		}, "fake-openai");
		thread.setDaemon(true);
		thread.start();
	}

	private void untilClosed(Socket socket, Server behaviour) throws IOException {
		socket.setSoTimeout(50);
		int read = 0;
		while (read >= 0) {
			try {
				read = socket.getInputStream().read(new byte[8192]);
			}
			catch (SocketTimeoutException ex) {
				if (behaviour == Server.GOES_ON) {
					writeChunk(socket);
				}
			}
		}
		this.closedByClient.complete(true);
	}

	private static void writeChunk(Socket socket) throws IOException {
		OutputStream out = socket.getOutputStream();
		out.write((Integer.toHexString(CHUNK.length()) + "\r\n" + CHUNK + "\r\n").getBytes(StandardCharsets.US_ASCII));
		out.flush();
	}

	private enum Server {

		GOES_ON, FALLS_SILENT, DROPS

	}

}
