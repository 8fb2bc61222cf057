package buddy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between an application and a server, and takes the server away: so that nobody
 * listens any more, or so that everything is accepted and nothing is answered.
 */
public final class TcpProxy implements AutoCloseable {

	private final int serverPort;

	private final Set<Link> links = ConcurrentHashMap.newKeySet();

	private volatile ServerSocket listening;

	private volatile boolean hangs;

	/**
	 * Listens on a free port of this machine.
	 * @param serverPort the port of the server, on this machine
	 */
	public TcpProxy(int serverPort) {
		this.serverPort = serverPort;
		this.listening = listen(0);
	}

	/**
	 * Returns where it listens, also while it does not.
	 * @return the port
	 */
	public int port() {
		return this.listening.getLocalPort();
	}

	/** Cuts all connections, and refuses new ones. */
	public void refuse() {
		closeQuietly(this.listening);
		this.links.forEach(Link::close);
	}

	/**
	 * Keeps all connections and accepts new ones, and says nothing more on any of them.
	 */
	public void hang() {
		this.hangs = true;
		this.links.forEach((link) -> link.silent = true);
	}

	/** Cuts the connections that hang, so that nobody waits for them any more. */
	public void cutSilent() {
		this.links.stream().filter((link) -> link.silent).forEach(Link::close);
	}

	/**
	 * Serves new connections again; those that hung are not heard of any more, as behind
	 * a firewall that forgot them.
	 */
	public void serve() {
		this.hangs = false;
		if (this.listening.isClosed()) {
			this.listening = listen(port());
		}
	}

	@Override
	public void close() {
		refuse();
	}

	private ServerSocket listen(int port) {
		try {
			ServerSocket socket = new ServerSocket(port, 0, InetAddress.getLoopbackAddress());
			start(() -> accept(socket));
			return socket;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void accept(ServerSocket socket) {
		while (!socket.isClosed()) {
			try {
				Link link = new Link(socket.accept(), new Socket(InetAddress.getLoopbackAddress(), this.serverPort),
						this.hangs);
				this.links.add(link);
				if (socket.isClosed()) {
					link.close();
				}
				start(() -> link.pump(link.client, link.server));
				start(() -> link.pump(link.server, link.client));
			}
			catch (IOException ex) {
				// closed
			}
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "tcp-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private static void closeQuietly(AutoCloseable socket) {
		try {
			socket.close();
		}
		catch (Exception ex) {
			// it is closed
		}
	}

	private final class Link {

		private final Socket client;

		private final Socket server;

		private volatile boolean silent;

		Link(Socket client, Socket server, boolean silent) {
			this.client = client;
			this.server = server;
			this.silent = silent;
		}

		void pump(Socket from, Socket to) {
			byte[] buffer = new byte[8192];
			try {
				InputStream in = from.getInputStream();
				OutputStream out = to.getOutputStream();
				for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
					if (!this.silent) {
						out.write(buffer, 0, read);
						out.flush();
					}
				}
			}
			catch (IOException ex) {
				// cut
			}
			close();
		}

		void close() {
			TcpProxy.this.links.remove(this);
			closeQuietly(this.client);
			closeQuietly(this.server);
		}

	}

}
