package benchmarks.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The same events as bytes, written by the servlet itself and flushed one by one.
 */
class BareServlet extends HttpServlet {

	private static final long serialVersionUID = 1;

	private final transient BareStreams streams;

	BareServlet(BareStreams streams) {
		this.streams = streams;
	}

	@Override
	protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
		response.setContentType("text/event-stream");
		OutputStream output = response.getOutputStream();
		for (SentEvent event : this.streams.events()) {
			output.write(event.text().getBytes(StandardCharsets.UTF_8));
			output.flush();
		}
	}

}
