package testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that must be told theirs before they start.
 */
public final class Ports {

	/** Systems give ports above to connections, which could take one meanwhile. */
	private static final int FIRST = 15_000;

	private static final int END = 32_000;

	private static final int TRIES = 100;

	private Ports() {
	}

	/**
	 * Returns a port that nobody listens on.
	 * @return the port
	 */
	public static int free() {
		for (int tries = 0; tries < TRIES; tries++) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, END);
			try (ServerSocket socket = new ServerSocket(port)) {
				return socket.getLocalPort();
			}
			catch (BindException ex) {
				// the next one
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		throw new IllegalStateException("There is no free port between " + FIRST + " and " + END);
	}

}
