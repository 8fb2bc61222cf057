package buddy.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Closes the connection of a request that buddy refused, instead of reading the rest of
 * its body. Tomcat would read up to 2 MB of it, and keep a thread until its connection
 * timeout for a body that never comes.
 *
 * <p>
 * What the client is just sending is read for a moment: a connection that is closed over
 * unread bytes is reset, and the client may never see the answer.
 */
final class UnreadBodyValve extends ValveBase {

	/** As much as Tomcat would read. */
	private static final long MOST_BYTES = 2 * 1024 * 1024;

	private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** A client that sends nothing for so long is not just sending. */
	private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	UnreadBodyValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		getNext().invoke(request, response);
		if (request.getAttribute(AccessFilter.UNREAD) != null && !request.isAsync()) {
			response.finishResponse();
			org.apache.coyote.Request connection = request.getCoyoteRequest();
			discardWhatComes(connection);
			connection.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
		}
	}

	/** Never blocks, which a body in chunks would not allow. */
	private static void discardWhatComes(org.apache.coyote.Request request) {
		long most = Math.min(request.getContentLengthLong(), MOST_BYTES);
		Discarded discarded = new Discarded();
		long begun = System.nanoTime();
		long last = begun;
		long now = begun;
		try {
			while (request.getBytesRead() < most && now - last < PATIENCE_NANOS && now - begun < MOST_NANOS) {
				request.action(ActionCode.AVAILABLE, true);
				now = System.nanoTime();
				if (request.getAvailable() > 0) {
					if (request.doRead(discarded) < 0) {
						return;
					}
					last = now;
				}
				else {
					LockSupport.parkNanos(PAUSE_NANOS);
				}
			}
		}
		catch (IOException ex) {
			// the client has gone
		}
	}

	/** Takes bytes that nobody reads. */
	private static final class Discarded implements ApplicationBufferHandler {

		private ByteBuffer bytes = ByteBuffer.allocate(0);

		@Override
		public void setByteBuffer(ByteBuffer buffer) {
			this.bytes = buffer;
		}

		@Override
		public ByteBuffer getByteBuffer() {
			return this.bytes;
		}

		@Override
		public void expand(int size) {
			// Tomcat hands over its own buffer
		}

	}

}
