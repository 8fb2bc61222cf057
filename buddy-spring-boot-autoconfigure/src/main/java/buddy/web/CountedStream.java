package buddy.web;

import java.io.IOException;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * An event stream that is counted against a limit until it ends, for whatever reason.
 *
 * @param stream the stream
 * @param location the URI of its run
 * @param over releases its slot
 */
record CountedStream(ServerResponse stream, String location, Runnable over) implements ServerResponse {

	@Override
	public HttpStatusCode statusCode() {
		return this.stream.statusCode();
	}

	@Override
	public HttpHeaders headers() {
		return this.stream.headers();
	}

	@Override
	public MultiValueMap<String, Cookie> cookies() {
		return this.stream.cookies();
	}

	@Override
	public @Nullable ModelAndView writeTo(HttpServletRequest request, HttpServletResponse response, Context context)
			throws ServletException, IOException {
		response.setHeader(HttpHeaders.CONTENT_LOCATION, this.location);
		boolean async = false;
		try {
			ModelAndView view = this.stream.writeTo(request, response, context);
			async = request.isAsyncStarted() && listen(request);
			return view;
		}
		finally {
			if (!async) {
				this.over.run();
			}
		}
	}

	private boolean listen(HttpServletRequest request) {
		try {
			request.getAsyncContext().addListener(new End(this.over));
			return true;
		}
		catch (IllegalStateException ex) {
			return false; // it is over already
		}
	}

	/** Runs the action on any kind of end that the container reports. */
	private record End(Runnable over) implements AsyncListener {

		@Override
		public void onComplete(AsyncEvent event) {
			this.over.run();
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			this.over.run();
		}

		@Override
		public void onError(AsyncEvent event) {
			this.over.run();
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			event.getAsyncContext().addListener(this);
		}

	}

}
