package sample.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client is told when the model fails.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "spring.datasource.url=jdbc:h2:mem:sample-failures")
class FailureHttpTests {

	private static final String SECRET = "the key is k-123";

	private final HttpClient client = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "/research/f1?topic=tea", "/async/f2?topic=tea", "/support/f3?question=tea",
			"/refine/f4?brief=tea", "/fan-out/f5?topics=tea,coffee" })
	void failedRunIsAProblemWithoutWhatTheExceptionSays(String path) throws Exception {
		HttpResponse<String> failed = send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(failed.headers().firstValue("content-type")).hasValue("application/problem+json");
		assertThat(failed.body()).contains("\"status\":500").doesNotContain("k-123").doesNotContain("\\tat ");
	}

	@Test
	void failedRunIsInItsSessionWithoutItsStackTrace() throws Exception {
		send(request("/research/r1?topic=tea").POST(HttpRequest.BodyPublishers.noBody()).build());
		String session = send(request("/sessions/r1").build()).body();
		assertThat(session).contains("\"status\":\"ERROR\"")
			.contains("\"input\":{\"topic\":\"tea\"}")
			.contains("\"type\":\"java.lang.IllegalStateException\"")
			.doesNotContain("stack_trace")
			.doesNotContain("\\tat ");
	}

	@Test
	void streamThatFailsEndsWithAnErrorEventAndIsRecorded() throws Exception {
		HttpResponse<String> stream = send(request("/stream/t1?query=tea").build());
		assertThat(stream.statusCode()).isEqualTo(200);
		List<String> lines = stream.body().lines().filter((line) -> !line.isBlank()).toList();
		assertThat(lines).allMatch((line) -> line.startsWith("event:") || line.startsWith("data:"))
			.contains("event:WorkflowStarted", "event:RunResponseContent")
			.doesNotContain("event:WorkflowCompleted");
		assertThat(lines.get(lines.size() - 2)).isEqualTo("event:WorkflowError");
		assertThat(send(request("/sessions/t1").build()).body()).contains("\"status\":\"ERROR\"")
			.contains("\"content\":\"Tea \"")
			.doesNotContain("stack_trace");
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
	}

	private HttpResponse<String> send(HttpRequest request) throws Exception {
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class FailingModelConfiguration {

		@Bean
		@Primary
		ChatModel failingModel() {
			return new FailingModel();
		}

	}

	/** Says one word, if it is to stream, and fails. */
	private static final class FailingModel implements ChatModel {

		@Override
		public ChatResponse call(Prompt prompt) {
			throw new IllegalStateException(SECRET);
		}

		@Override
		public Flux<ChatResponse> stream(Prompt prompt) {
			return Flux.just(new ChatResponse(List.of(new Generation(new AssistantMessage("Tea ")))))
				.concatWith(Flux.error(new IllegalStateException(SECRET)));
		}

	}

}
