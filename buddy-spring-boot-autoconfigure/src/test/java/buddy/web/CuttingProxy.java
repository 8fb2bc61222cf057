package buddy.web;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Stands between a client and a server that may move, passes the bytes on as they are,
 * and cuts event streams where it is told to.
 */
final class CuttingProxy implements AutoCloseable {

	private final ServerSocket listening;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final Deque<Cut> cuts = new ArrayDeque<>();

	private final AtomicInteger begun = new AtomicInteger();

	/** By when they began: a client may come again before the end was seen here. */
	private final Map<Integer, Visit> visits = new ConcurrentSkipListMap<>();

	private volatile int server;

	private volatile Runnable onCut = () -> {
	};

	CuttingProxy(int server) throws IOException {
		this.server = server;
		this.listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		onThread(this::listen);
	}

	/** Leads to another port from now on. */
	void leadTo(int server) {
		this.server = server;
	}

	/** Cuts the next streams, one each. */
	void cut(List<Cut> cuts, Runnable onCut) {
		this.onCut = onCut;
		synchronized (this.cuts) {
			this.cuts.addAll(cuts);
		}
	}

	/** Where a client finds it. */
	String origin() {
		return "http://127.0.0.1:" + this.listening.getLocalPort();
	}

	/** The requests for event streams whose answers are over, in their order. */
	List<Visit> visits() {
		return List.copyOf(this.visits.values());
	}

	/** How many requests for event streams there were. */
	int requests() {
		return this.begun.get();
	}

	private void listen() {
		while (!this.listening.isClosed()) {
			try {
				Socket client = this.listening.accept();
				onThread(() -> serve(client));
			}
			catch (IOException ex) {
				// closed
			}
		}
	}

	private void serve(Socket client) {
		this.open.add(client);
		try (client; Socket upstream = new Socket(InetAddress.getLoopbackAddress(), this.server)) {
			this.open.add(upstream);
			List<String> head = head(client.getInputStream());
			if (!head.isEmpty()) {
				send(head, upstream.getOutputStream());
				answer(head, upstream, client);
			}
			this.open.remove(upstream);
		}
		catch (IOException ex) {
			// the client is gone, or the server
		}
		finally {
			this.open.remove(client);
		}
	}

	private static List<String> head(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			if (next < 0) {
				return List.of(); // a browser opens connections that it may not need
			}
			head.append((char) next);
		}
		return head.toString().lines().filter((line) -> !line.isEmpty()).toList();
	}

	/** One request a connection. */
	private static void send(List<String> head, OutputStream out) throws IOException {
		String sent = Stream
			.concat(head.stream().filter((line) -> !line.regionMatches(true, 0, "connection:", 0, 11)),
					Stream.of("Connection: close", "", ""))
			.reduce((first, second) -> first + "\r\n" + second)
			.orElseThrow();
		out.write(sent.getBytes(StandardCharsets.ISO_8859_1));
		out.flush();
	}

	private void answer(List<String> head, Socket upstream, Socket client) throws IOException {
		boolean events = head.get(0).contains("/events ");
		int visit = events ? this.begun.incrementAndGet() : 0;
		Cut cut = events ? nextCut() : null;
		EventBytes passed = new EventBytes();
		InputStream in = new BufferedInputStream(upstream.getInputStream());
		OutputStream out = new BufferedOutputStream(client.getOutputStream());
		boolean cutNow = false;
		for (int next = in.read(); next >= 0; next = cutNow ? -1 : in.read()) {
			out.write(next);
			if (events) {
				passed.pass(next);
				cutNow = cut != null && passed.events() == cut.events() && passed.place() == cut.place();
			}
			if (in.available() == 0) {
				out.flush();
			}
		}
		out.flush();
		if (events) {
			this.visits.put(visit,
					new Visit(header(head, "Last-Event-ID"), passed.status(), passed.lastEvent(), cutNow));
		}
		if (cutNow) {
			if (visit % 2 == 0) {
				client.setSoLinger(true, 0); // a reset, every other time
			}
			client.close();
			this.onCut.run();
		}
	}

	private Cut nextCut() {
		synchronized (this.cuts) {
			return this.cuts.poll();
		}
	}

	private static String header(List<String> head, String name) {
		return head.stream()
			.filter((line) -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
			.map((line) -> line.substring(name.length() + 1).strip())
			.findFirst()
			.orElse(null);
	}

	private static void onThread(Runnable task) {
		Thread thread = new Thread(task, "cutting-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		for (Socket socket : this.open) {
			socket.close();
		}
	}

	/**
	 * Where a stream is cut.
	 *
	 * @param events after so many whole events
	 * @param place at the first such place after them
	 */
	record Cut(int events, EventBytes.Place place) {
	}

	/**
	 * A request for an event stream.
	 *
	 * @param lastEventId the event that the client says it has, or {@code null}
	 * @param status the status of the answer
	 * @param passed the id of the last event that was passed on whole, or {@code null}
	 * @param cut whether the answer was cut
	 */
	record Visit(String lastEventId, int status, String passed, boolean cut) {
	}

}
