package sample.mcp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A session of an MCP client that sends what it is told, with the headers that it is
 * told.
 */
final class RawMcp {

	private final HttpClient http = HttpClient.newHttpClient();

	private final URI server;

	private final String session;

	RawMcp(ConfigurableApplicationContext application) throws IOException, InterruptedException {
		this.server = URI
			.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port") + "/mcp");
		this.session = open(Map.of()).headers().firstValue("Mcp-Session-Id").orElseThrow();
		send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", Map.of());
	}

	String send(String json, Map<String, String> headers) throws IOException, InterruptedException {
		return post(json, headers).body();
	}

	HttpResponse<String> post(String json, Map<String, String> headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = request(json).header("Mcp-Session-Id", this.session);
		headers.forEach(request::setHeader);
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

	/** Without telling the length. */
	HttpResponse<String> chunked(String json) throws IOException, InterruptedException {
		HttpRequest request = request("").header("Mcp-Session-Id", this.session)
			.POST(HttpRequest.BodyPublishers
				.ofInputStream(() -> new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))))
			.build();
		return this.http.send(request, BodyHandlers.ofString());
	}

	HttpResponse<String> open(Map<String, String> headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = request("""
				{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",
				"capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""");
		headers.forEach(request::setHeader);
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String json) {
		return HttpRequest.newBuilder(this.server)
			.header("Content-Type", "application/json")
			.header("Accept", "application/json, text/event-stream")
			.POST(HttpRequest.BodyPublishers.ofString(json));
	}

}
