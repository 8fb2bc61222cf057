package buddy.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import buddy.json.internal.Json;

/**
 * A client that sends exactly what it is told to, also what no decent client would.
 */
final class Http {

	private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

	private final int port;

	private final InetAddress address;

	private final Map<String, String> headers;

	private Http(InetAddress address, int port, Map<String, String> headers) {
		this.address = address;
		this.port = port;
		this.headers = headers;
	}

	static Http to(int port) {
		return new Http(InetAddress.getLoopbackAddress(), port, Map.of());
	}

	/** From the machine's own address in the network, as another machine's client. */
	Http from(InetAddress other) {
		return new Http(other, this.port, this.headers);
	}

	Http with(String name, String value) {
		Map<String, String> more = new LinkedHashMap<>(this.headers);
		more.put(name, value);
		return new Http(this.address, this.port, more);
	}

	Http as(String user) {
		return with("Authorization", basic(user));
	}

	static String basic(String user) {
		return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
	}

	Response get(String path) {
		return send("GET", path, null);
	}

	Response post(String path, String json) {
		return with("Content-Type", "application/json").send("POST", path, json.getBytes(StandardCharsets.UTF_8));
	}

	Response patch(String path, String json) {
		return with("Content-Type", "application/json").send("PATCH", path, json.getBytes(StandardCharsets.UTF_8));
	}

	Response delete(String path) {
		return send("DELETE", path, null);
	}

	/** Sends a request; a header that is set to the empty text is left out. */
	Response send(String method, String path, byte[] body) {
		Map<String, String> all = new LinkedHashMap<>();
		all.put("Host", "localhost:" + this.port);
		all.put("Accept", "application/json");
		if (body != null) {
			all.put("Content-Length", String.valueOf(body.length));
		}
		all.putAll(this.headers);
		all.put("Connection", "close");
		StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
		all.forEach((name, value) -> head.append(value.isEmpty() ? "" : name + ": " + value + "\r\n"));
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
		if (body != null) {
			bytes.writeBytes(body);
		}
		return raw(bytes.toByteArray());
	}

	private static boolean isWhole(ByteArrayOutputStream answer) {
		String text = answer.toString(StandardCharsets.ISO_8859_1);
		int end = text.indexOf("\r\n\r\n");
		Matcher length = CONTENT_LENGTH.matcher((end >= 0) ? text.substring(0, end + 2) : "");
		return length.find() && text.length() >= end + 4 + Integer.parseInt(length.group(1));
	}

	/**
	 * Sends bytes as they are and reads until the answer is whole, or the server closes.
	 */
	Response raw(byte[] bytes) {
		try (Socket socket = new Socket(this.address, this.port)) {
			socket.setSoTimeout(30_000);
			ByteArrayOutputStream answer = new ByteArrayOutputStream();
			try {
				OutputStream out = socket.getOutputStream();
				out.write(bytes);
				out.flush();
			}
			catch (IOException ex) {
				// the server may refuse before it has read all
			}
			try {
				InputStream in = socket.getInputStream();
				byte[] buffer = new byte[8192];
				// a server that still waits for a body that does not come closes later
				for (int n = in.read(buffer); n >= 0; n = isWhole(answer) ? -1 : in.read(buffer)) {
					answer.write(buffer, 0, n);
				}
			}
			catch (IOException ex) {
				if (answer.size() == 0) {
					throw ex;
				}
			}
			return Response.of(answer.toByteArray());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * An answer.
	 *
	 * @param status its status
	 * @param headers its headers
	 * @param body its body
	 */
	record Response(int status, List<String> headers, String body) {

		private static Response of(byte[] bytes) {
			String all = new String(bytes, StandardCharsets.ISO_8859_1);
			int end = all.indexOf("\r\n\r\n");
			List<String> lines = new ArrayList<>(List.of(all.substring(0, end).split("\r\n")));
			int status = Integer.parseInt(lines.remove(0).split(" ")[1]);
			String body = all.substring(end + 4);
			if (lines.stream().anyMatch((line) -> line.toLowerCase().startsWith("transfer-encoding: chunked"))) {
				body = unchunked(body);
			}
			return new Response(status, lines,
					new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
		}

		private static String unchunked(String body) {
			StringBuilder whole = new StringBuilder();
			int at = 0;
			while (true) {
				int line = body.indexOf("\r\n", at);
				int size = (line < 0) ? 0 : Integer.parseInt(body.substring(at, line).strip(), 16);
				if (size == 0) {
					return whole.toString();
				}
				whole.append(body, line + 2, Math.min(body.length(), line + 2 + size));
				at = line + 2 + size + 2;
			}
		}

		Optional<String> header(String name) {
			return this.headers.stream()
				.filter((line) -> line.toLowerCase().startsWith(name.toLowerCase() + ":"))
				.map((line) -> line.substring(name.length() + 1).strip())
				.findFirst();
		}

		Map<String, Object> json() {
			return Json.readMap(this.body);
		}

		/** The last part of the problem's type. */
		String problem() {
			return this.body.startsWith("{") && json().get("type") instanceof String type
					&& type.startsWith("urn:buddy:problem:") ? type.substring("urn:buddy:problem:".length()) : "";
		}

		/** Null where nothing is on the way. */
		Object at(String... path) {
			Object value = json();
			for (String name : path) {
				value = (value instanceof Map<?, ?> object) ? object.get(name) : null;
			}
			return value;
		}

		@SuppressWarnings("unchecked")
		List<Map<String, Object>> items() {
			return (List<Map<String, Object>>) json().get("items");
		}

	}

}
