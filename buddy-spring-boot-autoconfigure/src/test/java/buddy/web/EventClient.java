package buddy.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import buddy.web.Http.Response;

/**
 * A client of an event stream of the routes: it reads when it is told to, may be slow,
 * and is cut when it is closed. Whatever it waits for must come within 30 seconds.
 */
final class EventClient implements AutoCloseable {

	private static final int DEADLINE_MILLIS = 30_000;

	private static final String COMMON = "Host: localhost\r\nAccept: text/event-stream\r\n\r\n";

	private final Socket socket = new Socket();

	private final InputStream in;

	private final BufferedReader reader;

	private final List<String> headers = new ArrayList<>();

	private final int status;

	/** Speaks HTTP/1.0, so that the body comes as it is and ends with the connection. */
	private EventClient(int port, int receiveBuffer, String head, String body) throws IOException {
		if (receiveBuffer > 0) {
			this.socket.setReceiveBufferSize(receiveBuffer);
		}
		this.socket.setSoTimeout(DEADLINE_MILLIS);
		this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MILLIS);
		try {
			String request = head + COMMON + body;
			this.socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
			this.in = this.socket.getInputStream();
			this.status = Integer.parseInt(headerLine().split(" ")[1]);
			for (String line = headerLine(); !line.isEmpty(); line = headerLine()) {
				this.headers.add(line);
			}
		}
		catch (IOException | RuntimeException ex) {
			this.socket.close();
			throw ex;
		}
		this.reader = new BufferedReader(new InputStreamReader(this.in, StandardCharsets.UTF_8));
	}

	/** Reads any path, after the event that it has. */
	static EventClient get(int port, String path, String lastEventId, int receiveBuffer) throws IOException {
		return new EventClient(port, receiveBuffer, get(path) + after(lastEventId), "");
	}

	/** Follows a run, of which it has nothing yet. */
	static EventClient follow(WebApplication application, String run) throws IOException {
		return follow(application, run, null);
	}

	/** Follows a run after the event that it has. */
	static EventClient follow(WebApplication application, String run, String lastEventId) throws IOException {
		return get(application.port(), run + "/events", lastEventId, 0);
	}

	static EventClient followAs(WebApplication application, String run, String user) throws IOException {
		return new EventClient(application.port(), 0,
				get(run + "/events") + "Authorization: " + Http.basic(user) + "\r\n", "");
	}

	/** Follows a run with as little room for what it does not read as there can be. */
	static EventClient followSlowly(WebApplication application, String run) throws IOException {
		return get(application.port(), run + "/events", null, 1024);
	}

	/** Starts a run and follows it. */
	static EventClient start(WebApplication application, String workflow, String json) throws IOException {
		return start(application.port(), workflow, json);
	}

	/** Starts a run of any application of this machine and follows it. */
	static EventClient start(int port, String workflow, String json) throws IOException {
		return new EventClient(port, 0, post(workflow, json), json);
	}

	/** Starts a run and reads nothing of what is answered. */
	static Socket startUnread(WebApplication application, String workflow, String json) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
		socket.getOutputStream().write((post(workflow, json) + COMMON + json).getBytes(StandardCharsets.UTF_8));
		socket.setSoLinger(true, 0);
		return socket;
	}

	private static String post(String workflow, String json) {
		return "POST /buddy/workflows/" + workflow + "/runs HTTP/1.0\r\nContent-Type: application/json\r\n"
				+ "Content-Length: " + json.getBytes(StandardCharsets.UTF_8).length + "\r\n";
	}

	private static String get(String path) {
		return "GET " + path + " HTTP/1.0\r\n";
	}

	private static String after(String lastEventId) {
		return (lastEventId != null) ? "Last-Event-ID: " + lastEventId + "\r\n" : "";
	}

	/** Byte by byte: nothing of the body is taken along. */
	private String headerLine() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int c = this.in.read(); c != '\n'; c = this.in.read()) {
			if (c < 0) {
				throw new IOException("Closed after: " + line);
			}
			line.append((char) c);
		}
		return line.toString().strip();
	}

	int status() {
		return this.status;
	}

	String header(String name) {
		return new Response(this.status, this.headers, "").header(name).orElseThrow();
	}

	boolean has(String name) {
		return new Response(this.status, this.headers, "").header(name).isPresent();
	}

	/** The whole answer where it is no stream. */
	Response answer() throws IOException {
		return new Response(this.status, this.headers, body());
	}

	/** One byte of the body, for a client that takes no more for now. */
	int readByte() throws IOException {
		return this.in.read();
	}

	/** The next line of the body, as the protocol has it. */
	String line() throws IOException {
		return this.reader.readLine();
	}

	/** The next event, or {@code null} if the stream has ended. */
	Event next() throws IOException {
		long start = System.nanoTime();
		Map<String, String> fields = new HashMap<>();
		for (String line = this.reader.readLine(); line != null; line = this.reader.readLine()) {
			int colon = line.indexOf(':');
			if (colon > 0) {
				fields.put(line.substring(0, colon), line.substring(colon + 1));
			}
			else if (line.isEmpty() && fields.containsKey("data")) {
				return new Event(fields.get("id"), fields.get("event"), fields.get("data"));
			}
			else if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(DEADLINE_MILLIS)) {
				// each heartbeat sets the socket's own time back
				throw new SocketTimeoutException("Nothing came but heartbeats");
			}
		}
		return null;
	}

	/** All events until the stream ends. */
	List<Event> rest() throws IOException {
		List<Event> all = new ArrayList<>();
		for (Event event = next(); event != null; event = next()) {
			all.add(event);
		}
		return all;
	}

	String body() throws IOException {
		return new String(this.in.readAllBytes(), StandardCharsets.UTF_8);
	}

	/** Cuts the connection rather than ending it. */
	@Override
	public void close() throws IOException {
		if (!this.socket.isClosed()) {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}
	}

	/**
	 * An event as it came.
	 *
	 * @param id its position
	 * @param name its name
	 * @param data its JSON
	 */
	record Event(String id, String name, String data) {
	}

}
