package sample.operations;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

import buddy.json.internal.Json;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With lazy initialization, workflows are in every place where clients look for them.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "spring.main.lazy-initialization=true",
		"spring.datasource.url=jdbc:h2:mem:sample-lazy", "buddy.observability.health-timeout=30s" })
class LazySampleTests {

	@LocalServerPort
	private int port;

	@Test
	void workflowsAreToolsThatCanBeCalled() {
		try (McpSyncClient client = McpClient
			.sync(HttpClientStreamableHttpTransport.builder("http://localhost:" + this.port).build())
			.build()) {
			client.initialize();
			assertThat(client.listTools().tools()).extracting(Tool::name).contains("research", "refine", "counter");
			assertThat(client.callTool(CallToolRequest.builder("counter").build()).isError()).isFalse();
		}
	}

	@Test
	void workflowsAreInTheOpenApiDocument() throws Exception {
		assertThat(get("/v3/api-docs").path("paths").propertyNames()).contains("/buddy/workflows/research/runs");
	}

	@Test
	void workflowsAreInTheActuator() throws Exception {
		assertThat(get("/actuator/buddyworkflows").path("workflows").findValuesAsString("workflow_id"))
			.contains("research", "refine", "counter");
		assertThat(get("/actuator/health").path("status").asString()).isEqualTo("UP");
	}

	private JsonNode get(String path) throws Exception {
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build(),
					HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return Json.readTree(response.body());
	}

}
