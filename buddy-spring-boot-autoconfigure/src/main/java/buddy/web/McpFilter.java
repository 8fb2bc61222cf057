package buddy.web;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

import buddy.json.internal.Json;
import buddy.web.GuardedPath.Kind;

/**
 * Reads the messages of MCP clients within the limits of the routes, and keeps stack
 * traces out of the responses. It is ordered after Spring Security, so that no body is
 * read before the client is authenticated.
 */
final class McpFilter extends OncePerRequestFilter {

	private static final int PARSE_ERROR = -32700;

	private static final int INVALID_REQUEST = -32600;

	private static final int ERRORS = 400;

	private final Supplier<List<GuardedPath>> paths;

	private final RequestBody bodies;

	/**
	 * Creates the filter.
	 * @param paths the guarded paths, including MCP endpoints
	 * @param bodies reads the messages
	 */
	McpFilter(Supplier<List<GuardedPath>> paths, RequestBody bodies) {
		this.paths = paths;
		this.bodies = bodies;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		GuardedPath path = AccessFilter.find(this.paths.get(), request);
		return path == null || path.kind() != Kind.MCP;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		HttpServletRequest readable = request;
		if (request.getMethod().equals("POST")) {
			try {
				readable = new ReadRequest(request, message(request));
			}
			catch (Problem.Refusal ex) {
				RequestBody.release(request);
				refuse(request, response, ex.problem());
				return;
			}
		}
		try {
			ShortErrors errors = new ShortErrors(response);
			chain.doFilter(readable, errors);
			errors.finish();
		}
		finally {
			RequestBody.release(request);
		}
	}

	/** Reads the message and checks that it is a JSON-RPC message. */
	private String message(HttpServletRequest request) {
		String text = this.bodies.text(request);
		Map<String, @Nullable Object> message = this.bodies.object(text);
		Object method = message.get("method");
		boolean call = method instanceof String;
		boolean answer = method == null && message.get("id") != null
				&& (message.containsKey("result") || message.containsKey("error"));
		Object id = message.get("id");
		boolean named = id == null ? !message.containsKey("id") : id instanceof String || id instanceof Number;
		Object params = message.get("params");
		if (!"2.0".equals(message.get("jsonrpc")) || !(call || answer) || !named
				|| (params != null && !(params instanceof Map))) {
			throw Problem
				.of(org.springframework.http.HttpStatus.BAD_REQUEST, "invalid-message",
						"The body is not a JSON-RPC message", null)
				.refusal();
		}
		return text;
	}

	private static void refuse(HttpServletRequest request, HttpServletResponse response, Problem problem)
			throws IOException {
		if (problem.name().equals("request-too-large") || problem.name().equals("overloaded")) {
			problem.closingIfUnread(request).write(request, response);
			return;
		}
		boolean unreadable = problem.name().equals("malformed-json");
		String detail = (problem.detail() != null) ? ": " + problem.detail() : "";
		response.setStatus(problem.status().value());
		write(response, error(unreadable ? PARSE_ERROR : INVALID_REQUEST,
				(unreadable ? "Parse error" : "Invalid Request") + detail));
	}

	private static void write(HttpServletResponse response, byte[] body) throws IOException {
		response.setContentType(MediaType.APPLICATION_JSON_VALUE);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	private static byte[] error(Object code, String message) {
		Map<String, @Nullable Object> error = new LinkedHashMap<>();
		error.put("jsonrpc", "2.0");
		error.put("id", null);
		error.put("error", Map.of("code", code, "message", Problem.line(message)));
		return Json.write(error).getBytes(StandardCharsets.UTF_8);
	}

	/** A request whose body has already been read. */
	private static final class ReadRequest extends HttpServletRequestWrapper {

		private final byte[] body;

		ReadRequest(HttpServletRequest request, String body) {
			super(request);
			this.body = body.getBytes(StandardCharsets.UTF_8);
		}

		@Override
		public String getCharacterEncoding() {
			return StandardCharsets.UTF_8.name();
		}

		@Override
		public java.io.BufferedReader getReader() {
			return new java.io.BufferedReader(new java.io.InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
		}

		@Override
		public ServletInputStream getInputStream() {
			ByteArrayInputStream bytes = new ByteArrayInputStream(this.body);
			return new ServletInputStream() {

				@Override
				public int read() {
					return bytes.read();
				}

				@Override
				public int read(byte[] into, int from, int length) {
					return bytes.read(into, from, length);
				}

				@Override
				public boolean isFinished() {
					return bytes.available() == 0;
				}

				@Override
				public boolean isReady() {
					return true;
				}

				@Override
				public void setReadListener(ReadListener listener) {
					throw new IllegalStateException("The body has been read");
				}

			};
		}

	}

	/**
	 * Buffers an error response until it is complete, since Spring AI writes exceptions
	 * as JSON with their stack traces.
	 */
	private static final class ShortErrors extends HttpServletResponseWrapper {

		private @Nullable ByteArrayOutputStream error;

		ShortErrors(HttpServletResponse response) {
			super(response);
		}

		@Override
		public ServletOutputStream getOutputStream() throws IOException {
			if (getStatus() < ERRORS || isCommitted()) {
				return super.getOutputStream();
			}
			ByteArrayOutputStream bytes = (this.error != null) ? this.error : new ByteArrayOutputStream();
			this.error = bytes;
			return new ServletOutputStream() {

				@Override
				public void write(int value) {
					bytes.write(value);
				}

				@Override
				public void write(byte[] from, int offset, int length) {
					bytes.write(from, offset, length);
				}

				@Override
				public boolean isReady() {
					return true;
				}

				@Override
				public void setWriteListener(WriteListener listener) {
					throw new IllegalStateException("An error is written at once");
				}

			};
		}

		@Override
		public void flushBuffer() throws IOException {
			if (this.error == null) {
				super.flushBuffer();
			}
		}

		void finish() throws IOException {
			ByteArrayOutputStream bytes = this.error;
			if (bytes == null) {
				return;
			}
			byte[] body = bytes.toByteArray();
			byte[] told = shortened(new String(body, StandardCharsets.UTF_8));
			HttpServletResponse response = (HttpServletResponse) getResponse();
			response.setContentLength((told != null) ? told.length : body.length);
			response.getOutputStream().write((told != null) ? told : body);
		}

		private static byte @Nullable [] shortened(String body) {
			if (!body.startsWith("{") || !body.contains("\"stackTrace\"")) {
				return null;
			}
			Map<String, @Nullable Object> exception = Json.readMap(body);
			Object code = (exception.get("jsonRpcError") instanceof Map<?, ?> told) ? told.get("code") : null;
			return error((code instanceof Number) ? code : INVALID_REQUEST, String.valueOf(exception.get("message")));
		}

	}

}
