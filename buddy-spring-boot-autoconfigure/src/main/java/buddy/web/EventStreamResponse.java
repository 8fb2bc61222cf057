package buddy.web;

import java.io.IOException;
import java.time.Duration;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.event.RunEventStream;

/**
 * Responds with the events of a run as {@code text/event-stream}: the stored events, then
 * new ones until the run has ended. Clients read at their own pace, and use a thread only
 * while there is something to write.
 */
final class EventStreamResponse implements ServerResponse {

	private final RunEventStream stream;

	private final Duration heartbeat;

	private final Runnable onDisconnect;

	private final HttpHeaders headers = new HttpHeaders();

	/**
	 * Creates the answer.
	 * @param stream the events; it is closed with the response
	 * @param heartbeat the time without an event after which a comment is sent
	 * @param onDisconnect called once if the client disconnects before the last event
	 */
	EventStreamResponse(RunEventStream stream, Duration heartbeat, Runnable onDisconnect) {
		this.stream = stream;
		this.heartbeat = heartbeat;
		this.onDisconnect = onDisconnect;
		if (!stream.ended()) {
			this.headers.set(HttpHeaders.CONTENT_TYPE, "text/event-stream;charset=UTF-8");
		}
		this.headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
		this.headers.set("X-Accel-Buffering", "no"); // keeps nginx from buffering
	}

	/**
	 * 204 for a client that has the last event already, which keeps it from reconnecting.
	 */
	@Override
	public HttpStatusCode statusCode() {
		return this.stream.ended() ? HttpStatus.NO_CONTENT : HttpStatus.OK;
	}

	@Override
	public HttpHeaders headers() {
		return this.headers;
	}

	@Override
	public MultiValueMap<String, Cookie> cookies() {
		return new LinkedMultiValueMap<>();
	}

	@Override
	public @Nullable ModelAndView writeTo(HttpServletRequest request, HttpServletResponse response, Context context)
			throws IOException {
		response.setStatus(statusCode().value());
		this.headers.forEach((name, values) -> values.forEach((value) -> response.setHeader(name, value)));
		if (this.stream.ended()) {
			this.stream.close();
			return null;
		}
		boolean begun = false;
		try {
			begin(request, response);
			begun = true;
		}
		finally {
			if (!begun) { // e.g. if a filter does not support async processing
				this.stream.close();
				this.onDisconnect.run();
			}
		}
		return null;
	}

	private void begin(HttpServletRequest request, HttpServletResponse response) throws IOException {
		ShallowEtagHeaderFilter.disableContentCaching(request);
		AsyncContext async = request.startAsync(request, response);
		async.setTimeout(0);
		EventStreamWriter writer = new EventStreamWriter(async, response.getOutputStream(), this.stream, this.heartbeat,
				this.onDisconnect);
		this.stream.follow(this.heartbeat, writer::write);
		async.addListener(writer);
		response.getOutputStream().setWriteListener(writer);
	}

}
