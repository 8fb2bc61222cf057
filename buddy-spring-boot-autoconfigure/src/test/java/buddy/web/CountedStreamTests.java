package buddy.web;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class CountedStreamTests {

	private final StreamLimits limits = new StreamLimits(10, 10);

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private final Runnable place = this.limits.take("ada");

	@BeforeEach
	void anotherPlaceIsTaken() {
		this.limits.take("ada");
		this.request.setAsyncSupported(true);
	}

	@Test
	void placeIsKeptUntilTheContainerIsDone() throws Exception {
		write((request, response) -> request.startAsync());
		assertThat(this.response.getHeader("Content-Location")).isEqualTo("/buddy/runs/1");
		assertThat(this.limits.total()).isEqualTo(2);
		this.request.getAsyncContext().complete();
		assertThat(this.limits.total()).isEqualTo(1);
	}

	@Test
	void placeIsGivenBackOnceHoweverManyEndsTheContainerTells() throws Exception {
		write((request, response) -> request.startAsync());
		MockAsyncContext async = (MockAsyncContext) this.request.getAsyncContext();
		AsyncEvent event = new AsyncEvent(async);
		List<AsyncListener> listeners = async.getListeners();
		assertThat(listeners).hasSize(1);
		AsyncListener listener = listeners.get(0);
		listener.onError(event);
		assertThat(this.limits.total()).isEqualTo(1);
		listener.onTimeout(event);
		listener.onComplete(event);
		assertThat(this.limits.total()).isEqualTo(1);
	}

	@Test
	void placeIsGivenBackOnATimeout() throws Exception {
		write((request, response) -> request.startAsync());
		MockAsyncContext async = (MockAsyncContext) this.request.getAsyncContext();
		async.getListeners().get(0).onTimeout(new AsyncEvent(async));
		assertThat(this.limits.total()).isEqualTo(1);
	}

	@Test
	void placeIsGivenBackByAnAnswerThatIsNoStream() throws Exception {
		write((request, response) -> response.setStatus(HttpStatus.NO_CONTENT.value()));
		assertThat(this.limits.total()).isEqualTo(1);
	}

	@Test
	void placeIsGivenBackWhenTheStreamCannotBeOpened() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> write((request, response) -> {
			throw new IOException("gone");
		}));
		assertThat(this.limits.total()).isEqualTo(1);
		this.request.setAsyncSupported(false);
		assertThatIllegalStateException().isThrownBy(() -> write((request, response) -> request.startAsync()));
		assertThat(this.limits.total()).isEqualTo(1);
	}

	@Test
	void placeIsGivenBackWhenTheStreamWasOverBeforeAnyoneListened() throws Exception {
		write((request, response) -> {
			AsyncContext over = new MockAsyncContext(request, response) {

				@Override
				public void addListener(AsyncListener listener) {
					throw new IllegalStateException("over");
				}

			};
			((MockHttpServletRequest) request).setAsyncContext((MockAsyncContext) over);
			((MockHttpServletRequest) request).setAsyncStarted(true);
		});
		assertThat(this.limits.total()).isEqualTo(1);
	}

	@Test
	void placeIsGivenBackWhenTheStoreFailsBeforeThereIsAStream() {
		AtomicInteger asked = new AtomicInteger();
		Streams streams = new Streams(() -> (runId, after, gone) -> {
			asked.incrementAndGet();
			throw new IllegalStateException("away");
		}, null, settings());
		for (int i = 0; i < 3; i++) {
			assertThatIllegalStateException()
				.isThrownBy(() -> streams.open(new Caller(null, false, true, true, false), "1",
						java.net.URI.create("/1"), null))
				.withMessage("away");
			assertThat(streams.open()).isZero();
		}
		assertThat(asked).hasValue(3);
	}

	private static WebSettings settings() {
		return new WebSettings("/buddy", new WebSettings.Limits(1000, 1000, 10, 1, 1),
				new WebSettings.Security(false, "", "", false, true, WebSettings.ShowStackTraces.NEVER, false),
				List.of(), WebSettings.OnDisconnect.FINISH, Duration.ofSeconds(1), Duration.ofSeconds(1),
				Duration.ofSeconds(1), Duration.ofSeconds(1), true);
	}

	private void write(Body body) throws Exception {
		ServerResponse stream = new Written(ServerResponse.ok().build(), body);
		new CountedStream(stream, "/buddy/runs/1", this.place).writeTo(this.request, this.response, List::of);
	}

	/** What a stream does with the response. */
	@FunctionalInterface
	private interface Body {

		void write(HttpServletRequest request, HttpServletResponse response) throws IOException;

	}

	private record Written(ServerResponse head, Body body) implements ServerResponse {

		@Override
		public org.springframework.http.HttpStatusCode statusCode() {
			return this.head.statusCode();
		}

		@Override
		public org.springframework.http.HttpHeaders headers() {
			return this.head.headers();
		}

		@Override
		public org.springframework.util.MultiValueMap<String, jakarta.servlet.http.Cookie> cookies() {
			return this.head.cookies();
		}

		@Override
		public ModelAndView writeTo(HttpServletRequest request, HttpServletResponse response, Context context)
				throws IOException {
			this.body.write(request, response);
			return null;
		}

	}

}
