package benchmarks.stream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A client that costs next to nothing: blocking, one connection a stream, kept alive.
 */
final class SseClient implements AutoCloseable {

	static {
		System.setProperty("http.maxConnections", "64");
	}

	private final HttpURLConnection connection;

	private final InputStream input;

	private final byte[] buffer = new byte[64 * 1024];

	private SseClient(HttpURLConnection connection) throws IOException {
		this.connection = connection;
		if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
			throw new IOException(connection.getURL() + " answered " + connection.getResponseCode());
		}
		this.input = new BufferedInputStream(connection.getInputStream());
	}

	static SseClient get(int port, String path) throws IOException {
		return new SseClient(connect(port, path, "text/event-stream"));
	}

	static SseClient post(int port, String path, String json) throws IOException {
		return new SseClient(post(connect(port, path, "text/event-stream"), json));
	}

	/** Starts a run, and does not wait for it; returns where it is. */
	static String start(int port, String path, String json) throws IOException {
		HttpURLConnection connection = connect(port, path, "application/json");
		connection.setRequestProperty("Prefer", "respond-async");
		post(connection, json);
		if (connection.getResponseCode() != HttpURLConnection.HTTP_ACCEPTED) {
			throw new IOException(path + " answered " + connection.getResponseCode());
		}
		connection.getInputStream().readAllBytes();
		return URI.create(connection.getHeaderField("Location")).getPath();
	}

	private static HttpURLConnection connect(int port, String path, String accept) throws IOException {
		HttpURLConnection connection = (HttpURLConnection) URI.create("http://localhost:" + port + path)
			.toURL()
			.openConnection();
		connection.setRequestProperty("Accept", accept);
		return connection;
	}

	private static HttpURLConnection post(HttpURLConnection connection, String json) throws IOException {
		byte[] body = json.getBytes(StandardCharsets.UTF_8);
		connection.setRequestMethod("POST");
		connection.setRequestProperty("Content-Type", "application/json");
		connection.setDoOutput(true);
		connection.setFixedLengthStreamingMode(body.length);
		connection.getOutputStream().write(body);
		return connection;
	}

	/** Reads to the end; returns how many empty lines came, one after each event. */
	int drain() throws IOException {
		int emptyLines = 0;
		boolean lineBreak = false;
		for (int read = this.input.read(this.buffer); read >= 0; read = this.input.read(this.buffer)) {
			for (int i = 0; i < read; i++) {
				boolean now = this.buffer[i] == '\n';
				if (now && lineBreak) {
					emptyLines++;
				}
				lineBreak = now;
			}
		}
		return emptyLines;
	}

	/** Reads the next event. */
	@Nullable SentEvent next() throws IOException {
		String id = "";
		String name = "";
		String data = null;
		for (String line = line(); line != null; line = line()) {
			if (line.startsWith("id:")) {
				id = line.substring(3);
			}
			else if (line.startsWith("event:")) {
				name = line.substring(6);
			}
			else if (line.startsWith("data:")) {
				data = line.substring(5);
			}
			else if (line.isEmpty() && data != null) {
				return new SentEvent(id, name, data);
			}
		}
		return null;
	}

	List<SentEvent> all() throws IOException {
		List<SentEvent> all = new ArrayList<>();
		for (SentEvent event = next(); event != null; event = next()) {
			all.add(event);
		}
		return all;
	}

	private @Nullable String line() throws IOException {
		StringBuilder line = new StringBuilder();
		int read = this.input.read();
		if (read < 0) {
			return null;
		}
		for (; read >= 0 && read != '\n'; read = this.input.read()) {
			line.append((char) read);
		}
		return line.toString();
	}

	/** The connection is used again only if the stream was read to its end. */
	@Override
	public void close() throws IOException {
		this.input.close();
	}

	/** Leaves without reading to the end. */
	void leave() {
		this.connection.disconnect();
	}

}
