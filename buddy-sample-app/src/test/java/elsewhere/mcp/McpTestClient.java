package elsewhere.mcp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import buddy.json.internal.Json;

/**
 * A client of any transport that sends exactly what it is told to.
 */
final class McpTestClient implements AutoCloseable {

	private static final String INITIALIZE = """
			{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",
			"capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

	private final HttpClient http = HttpClient.newHttpClient();

	private final McpTransport transport;

	private final int port;

	private final String user;

	/** Answers that come by the stream of an SSE session, by the id of the request. */
	private final Map<String, CompletableFuture<Map<String, Object>>> answers = new ConcurrentHashMap<>();

	private final CompletableFuture<String> endpoint = new CompletableFuture<>();

	private Stream<String> events = Stream.empty();

	private String session = "";

	private McpTestClient(McpTransport transport, int port, String user) {
		this.transport = transport;
		this.port = port;
		this.user = user;
	}

	/** A client without a session. */
	static McpTestClient of(McpTransport transport, McpApplication application, String user) {
		return new McpTestClient(transport, application.port(), user);
	}

	/** A client whose session is open, if the transport has sessions. */
	static McpTestClient open(McpTransport transport, McpApplication application, String user) throws Exception {
		McpTestClient client;
		if (transport.isSse()) {
			client = openStream(transport, application, user);
		}
		else {
			client = of(transport, application, user);
			client.session = client.post(INITIALIZE, Map.of()).headers().firstValue("Mcp-Session-Id").orElse("");
		}
		if (transport.hasSessions()) {
			client.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", Map.of());
		}
		return client;
	}

	/**
	 * The first answer of a stream is lost at times: Spring's SSE builder empties its
	 * buffer after it has sent the first event, and the answer may be in it by then.
	 */
	private static McpTestClient openStream(McpTransport transport, McpApplication application, String user)
			throws Exception {
		for (int seconds = 5;; seconds *= 2) {
			McpTestClient client = of(transport, application, user);
			client.listen();
			client.session = client.endpoint.get(30, TimeUnit.SECONDS);
			client.post(INITIALIZE, Map.of());
			try {
				client.answer("0").get(seconds, TimeUnit.SECONDS);
				return client;
			}
			catch (TimeoutException ex) {
				client.close();
				if (seconds > 30) {
					throw ex;
				}
			}
		}
	}

	/** The same session, used by another user. */
	McpTestClient as(String other) {
		McpTestClient client = new McpTestClient(this.transport, this.port, other);
		client.session = this.session;
		return client;
	}

	private void listen() throws IOException, InterruptedException {
		HttpRequest request = headers(HttpRequest.newBuilder(URI.create(base() + "/sse")), Map.of()).GET().build();
		HttpResponse<Stream<String>> stream = this.http.send(request, BodyHandlers.ofLines());
		if (stream.statusCode() != 200) {
			throw new IllegalStateException("The stream was refused with " + stream.statusCode());
		}
		this.events = stream.body();
		Thread reader = new Thread(() -> this.events.forEach(this::hear), "mcp-test-events");
		reader.setDaemon(true);
		reader.start();
	}

	private void hear(String line) {
		String data = line.startsWith("data:") ? line.substring("data:".length()).strip() : "";
		if (data.startsWith("{")) {
			Map<String, Object> message = Json.readMap(data);
			answer(String.valueOf(message.get("id"))).complete(message);
		}
		else if (!data.isEmpty()) {
			this.endpoint.complete(data);
		}
	}

	private CompletableFuture<Map<String, Object>> answer(String id) {
		return this.answers.computeIfAbsent(id, (key) -> new CompletableFuture<>());
	}

	/** Sends a request and returns the message that answers it. */
	Map<String, Object> call(int id, String json) throws Exception {
		HttpResponse<String> response = post(json, Map.of());
		if (response.statusCode() != 200) {
			throw new IllegalStateException("It was refused with " + response.statusCode() + ": " + response.body());
		}
		if (this.transport.isSse()) {
			return answer(String.valueOf(id)).get(30, TimeUnit.SECONDS);
		}
		String body = response.body();
		String message = body.startsWith("{") ? body
				: body.lines()
					.filter((line) -> line.startsWith("data:") && line.contains("\"id\":" + id))
					.findFirst()
					.orElseThrow(() -> new IllegalStateException("No answer in: " + body))
					.substring("data:".length());
		return Json.readMap(message);
	}

	/** Lists the names of the tools, as JSON. */
	String tools(int id) throws Exception {
		return String
			.valueOf(call(id, "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/list\"}").get("result"));
	}

	/** Calls a tool in a session of its own. */
	String tool(int id, String tool, String sessionId) throws Exception {
		return Json.writeValue(call(id, toolCall(id, tool, sessionId, "hello")));
	}

	static String toolCall(int id, String tool, String sessionId, String text) {
		return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
				+ "\",\"arguments\":{\"text\":\"" + text + "\"},\"_meta\":{\"buddy/session_id\":\"" + sessionId
				+ "\"}}}";
	}

	HttpResponse<String> cancel(int id) throws IOException, InterruptedException {
		return post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" + id
				+ ",\"reason\":\"too slow\"}}", Map.of());
	}

	HttpResponse<String> post(String json, Map<String, String> headers) throws IOException, InterruptedException {
		return post(BodyPublishers.ofString(json), headers);
	}

	/** Without telling the length. */
	HttpResponse<String> chunked(String json) throws IOException, InterruptedException {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		return post(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)), Map.of());
	}

	/** Sends a message in a session that there is not. */
	HttpResponse<String> unknown(String json) throws IOException, InterruptedException {
		McpTestClient client = new McpTestClient(this.transport, this.port, this.user);
		client.session = this.transport.isSse() ? this.transport.messages() + "?sessionId=none" : "none";
		return client.post(json, Map.of());
	}

	/** Sends a request to a route. */
	HttpResponse<String> route(String path, String json) throws IOException, InterruptedException {
		return this.http.send(HttpRequest.newBuilder(URI.create(base() + path))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(json))
			.build(), BodyHandlers.ofString());
	}

	private HttpResponse<String> post(BodyPublisher body, Map<String, String> more)
			throws IOException, InterruptedException {
		String path = (this.transport.isSse() && !this.session.isEmpty()) ? this.session : this.transport.messages();
		Map<String, String> headers = new LinkedHashMap<>(more);
		if (!this.transport.isSse() && !this.session.isEmpty()) {
			headers.putIfAbsent("Mcp-Session-Id", this.session);
		}
		HttpRequest request = headers(HttpRequest.newBuilder(URI.create(base() + path)), headers)
			.header("Content-Type", "application/json")
			.POST(body)
			.build();
		return this.http.send(request, BodyHandlers.ofString());
	}

	private HttpRequest.Builder headers(HttpRequest.Builder request, Map<String, String> headers) {
		request.header("Accept", "application/json, text/event-stream");
		if (!this.user.isEmpty()) {
			request.header("Authorization", "Basic "
					+ Base64.getEncoder().encodeToString((this.user + ":secret").getBytes(StandardCharsets.UTF_8)));
		}
		headers.forEach(request::setHeader);
		return request;
	}

	private String base() {
		return "http://localhost:" + this.port;
	}

	/** Sends a request to this machine by another name, and returns the head. */
	String byName(String host, String method, String path) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(30_000);
			String body = method.equals("POST") ? INITIALIZE : "";
			socket.getOutputStream()
				.write((method + " " + path + " HTTP/1.1\r\nHost: " + host
						+ "\r\nAccept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
						+ "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
					.getBytes(StandardCharsets.US_ASCII));
			InputStream in = socket.getInputStream();
			byte[] head = in.readNBytes("HTTP/1.1 403".length());
			return new String(head, StandardCharsets.US_ASCII);
		}
	}

	@Override
	public void close() {
		this.events.close();
	}

}
