package buddy.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.event.RunEventStream;
import buddy.event.StoredEvent;

/**
 * Writes the events of a run to one client, whenever there are events and the client can
 * take them. It buffers no more than one chunk; the rest stays in the store.
 */
final class EventStreamWriter implements WriteListener, AsyncListener {

	private static final Logger logger = LoggerFactory.getLogger(EventStreamWriter.class);

	/** Tells the client to reconnect after one second. */
	private static final String GREETING = "retry:1000\n\n";

	private static final String HEARTBEAT = ":\n\n";

	private static final byte[] NOTHING = {};

	/** The approximate number of characters that are written at once. */
	private static final int PIECE = 32 * 1024;

	private static final int MOST_EVENTS = 512;

	private final AsyncContext async;

	private final ServletOutputStream output;

	private final RunEventStream stream;

	private final long heartbeatNanos;

	private final Runnable onDisconnect;

	/**
	 * The thread that increments it from zero writes; other threads leave their work to
	 * that one.
	 */
	private final AtomicInteger work = new AtomicInteger();

	private final AtomicBoolean over = new AtomicBoolean();

	/**
	 * Held while the response is used, since after a failure the container recycles its
	 * objects for another request.
	 */
	private final ReentrantLock using = new ReentrantLock();

	/** Guarded by the work counter, as are the fields below. */
	private boolean greeted;

	private boolean unflushed;

	private long writtenAt;

	private int events = 16;

	EventStreamWriter(AsyncContext async, ServletOutputStream output, RunEventStream stream, Duration heartbeat,
			Runnable onDisconnect) {
		this.async = async;
		this.output = output;
		this.stream = stream;
		this.heartbeatNanos = heartbeat.toNanos();
		this.onDisconnect = onDisconnect;
	}

	@Override
	public void onWritePossible() {
		write();
	}

	/** Writes available events as far as the client takes them. */
	void write() {
		if (this.work.getAndIncrement() != 0) {
			return;
		}
		int done = 1;
		do {
			try {
				writeWhilePossible();
			}
			catch (IOException ex) {
				// the container notices as well and calls the listener, which completes:
				// to do so here would race with the container's own thread
				disconnected(ex);
			}
			catch (RuntimeException ex) {
				disconnected(ex);
				complete();
			}
			done = this.work.addAndGet(-done);
		}
		while (done != 0);
	}

	private void writeWhilePossible() throws IOException {
		while (prepared()) {
			byte[] piece = next();
			if (piece.length > 0) {
				write(piece);
			}
			else {
				if (this.stream.ended() && this.over.compareAndSet(false, true)) {
					this.stream.close();
					complete();
				}
				return; // the stream calls back when it has more
			}
		}
	}

	/** Flushes what was written and returns whether more can be written. */
	private boolean prepared() throws IOException {
		this.using.lock();
		try {
			while (!this.over.get() && this.output.isReady()) {
				if (!this.unflushed) {
					return true;
				}
				this.unflushed = false;
				this.output.flush();
			}
			return false; // the container calls back when there is room
		}
		finally {
			this.using.unlock();
		}
	}

	private void write(byte[] piece) throws IOException {
		this.using.lock();
		try {
			if (!this.over.get()) {
				this.unflushed = true;
				this.writtenAt = System.nanoTime();
				this.output.write(piece);
			}
		}
		finally {
			this.using.unlock();
		}
	}

	private byte[] next() {
		StringBuilder text = new StringBuilder();
		if (!this.greeted) {
			this.greeted = true;
			text.append(GREETING);
		}
		List<StoredEvent> next = this.stream.next(this.events);
		next.forEach((event) -> append(text, event));
		if (!next.isEmpty()) {
			int fitting = Math.min(Math.max(PIECE / (text.length() / next.size()), 1), MOST_EVENTS);
			// a few small events say nothing about the size of the next ones
			this.events = (next.size() < this.events) ? Math.min(fitting, this.events) : fitting;
		}
		else if (text.isEmpty() && !this.stream.ended() && System.nanoTime() - this.writtenAt >= this.heartbeatNanos) {
			text.append(HEARTBEAT);
		}
		return text.isEmpty() ? NOTHING : text.toString().getBytes(StandardCharsets.UTF_8);
	}

	private static void append(StringBuilder text, StoredEvent event) {
		text.append("id:").append(event.position()).append('\n');
		text.append("event:").append(oneLine(event.name())).append('\n');
		text.append("data:").append(oneLine(event.event())).append("\n\n");
	}

	/** Removes line breaks, which would begin another field. */
	private static String oneLine(String text) {
		return (text.indexOf('\n') < 0 && text.indexOf('\r') < 0) ? text : text.replace('\n', ' ').replace('\r', ' ');
	}

	private void complete() {
		try {
			this.async.complete();
		}
		catch (IllegalStateException ex) {
			logger.debug("The container has ended the stream of run '{}' already", this.stream.runId(), ex);
		}
	}

	/**
	 * Handles the disconnect of the client, or a response that can no longer be written.
	 */
	private void disconnected(Throwable why) {
		this.using.lock(); // once this returns, the request is not used again
		try {
			if (!this.over.compareAndSet(false, true)) {
				return;
			}
		}
		finally {
			this.using.unlock();
		}
		logger.debug("The client of the events of run '{}' is gone: {}", this.stream.runId(), why.toString());
		this.stream.close();
		try {
			this.onDisconnect.run();
		}
		catch (RuntimeException ex) {
			logger.warn("The action for a disconnected client of run '{}' failed", this.stream.runId(), ex);
		}
	}

	@Override
	public void onError(Throwable ex) {
		disconnected(ex);
	}

	@Override
	public void onError(AsyncEvent event) {
		disconnected((event.getThrowable() != null) ? event.getThrowable() : new IOException("The request failed"));
		complete(); // else the container would send an error page
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		disconnected(new IOException("The request timed out in the container"));
		complete();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		disconnected(new IOException("The container has ended the request"));
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// async processing is not restarted
	}

}
