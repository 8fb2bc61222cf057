package buddy.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

import buddy.json.internal.Json;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that does what the HTML standard says of an {@code EventSource}, but for the
 * pause before it comes again.
 */
class HttpClientEventSourceTests extends EventSourceContractTests {

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@Override
	List<Seen> follow(CuttingProxy proxy, String run) throws Exception {
		Events events = new Events();
		int status = 0;
		while (status != 204) {
			assertThat(proxy.requests()).as("it does not end").isLessThan(30);
			HttpRequest.Builder request = HttpRequest
				.newBuilder(URI.create(proxy.origin() + "/buddy/runs/" + run + "/events"))
				.header("Accept", "text/event-stream")
				.timeout(Duration.ofMinutes(1));
			if (events.lastId != null) {
				request.header("Last-Event-ID", events.lastId);
			}
			try {
				HttpResponse<Void> answer = this.client.send(request.build(), BodyHandlers.fromLineSubscriber(events));
				status = answer.statusCode();
				assertThat(status).isIn(200, 204);
			}
			catch (IOException ex) {
				// cut
			}
		}
		return events.seen;
	}

	/** The lines of one answer after the other. */
	private static final class Events implements Flow.Subscriber<String> {

		private final List<Seen> seen = new ArrayList<>();

		private String lastId;

		private String id;

		private String data;

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.id = this.lastId;
			this.data = null; // what was cut is no event
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(String line) {
			if (line.startsWith("id:")) {
				this.id = line.substring(3);
			}
			else if (line.startsWith("data:")) {
				this.data = line.substring(5);
			}
			else if (line.isEmpty() && this.data != null) {
				this.lastId = this.id;
				this.seen.add(Seen.of(this.id, Json.readMap(this.data)));
				this.data = null;
			}
		}

		@Override
		public void onError(Throwable ex) {
			// the request fails with it
		}

		@Override
		public void onComplete() {
			// the request is answered
		}

	}

}
