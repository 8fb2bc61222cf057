package buddy.web;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.sun.management.UnixOperatingSystemMXBean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import buddy.event.RunEventStreams;
import buddy.testkit.Nightly;
import buddy.testkit.TestDatabase;
import buddy.web.EventClient.Event;
import buddy.web.Http.Response;
import buddy.web.ToldWorkflows.ToldWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that opens thousands of streams gets as many as it may have, and takes nothing
 * from the others.
 */
class ManyStreamsTests {

	private static final int MANY = Nightly.size(250, 2000);

	private static final int MOST = Nightly.size(120, 1000);

	/**
	 * The container's 16, those of runs and of stores, and those that wake streams up.
	 */
	private static final int FEW_THREADS = 60;

	private static final String ECHO = "/buddy/workflows/echo/runs";

	private static final String GOOD = "{\"input\":{\"text\":\"a\",\"times\":1}}";

	@Test
	void clientsThatHaveNotSignedInHaveTheStreamsOfOneUserByDefault() throws Exception {
		Nightly.only("the other limits of streams are tested here, with fewer of them");
		try (Flood flood = new Flood("buddy.web.heartbeat=1s")) {
			flood.open(MANY);
			assertThat(flood.served).hasSize(100);
			assertThat(flood.refused).hasSize(MANY - 100).allSatisfy((refused) -> {
				assertThat(refused.status()).isEqualTo(503);
				assertThat(refused.problem()).isEqualTo("overloaded");
				assertThat(refused.header("Retry-After")).contains("5");
				assertThat((String) refused.at("detail")).contains("buddy.web.max-streams-per-user");
			});
			flood.assertOthersAreServed();
			flood.leave();
			flood.open(1);
			assertThat(flood.served).hasSize(1);
		}
	}

	@Test
	void allUsersTogetherHaveAsManyStreamsAsIsSet() throws Exception {
		Nightly.only("the limit of one user");
		requireDescriptors(MOST);
		try (Flood flood = new Flood("buddy.web.heartbeat=3s", "buddy.web.max-streams-per-user=5000",
				"buddy.web.max-streams=" + MOST)) {
			flood.open(MANY);
			assertThat(flood.served).hasSize(MOST);
			assertThat(flood.refused).hasSize(MANY - MOST).allSatisfy((refused) -> {
				assertThat(refused.status()).isEqualTo(503);
				assertThat(refused.header("Retry-After")).contains("5");
				assertThat((String) refused.at("detail")).contains("(buddy.web.max-streams)");
			});
			flood.assertOthersAreServed();
			flood.leave();
		}
	}

	@Test
	void manyIdleStreamsCostNoThreadsAndEachGetsItsEvents() throws Exception {
		requireDescriptors(MANY);
		try (Flood flood = new Flood("buddy.web.heartbeat=3s", "buddy.web.max-streams=3000",
				"buddy.web.max-streams-per-user=3000", "server.tomcat.max-connections=3000",
				"server.tomcat.threads.max=16")) {
			int threads = ManagementFactory.getThreadMXBean().getThreadCount();
			flood.open(MANY);
			assertThat(flood.refused).isEmpty();
			assertThat(flood.application.bean(Streams.class).open()).isEqualTo(MANY);
			assertThat(flood.application.bean(RunEventStreams.class).openStreams()).isEqualTo(MANY);
			awaitFewMoreThreadsThan(threads);
			flood.assertOthersAreServed();

			flood.application.bean(ToldWorkflow.class).tell(flood.session, 1);
			for (EventClient client : flood.served) {
				assertThat(List.of(client.next(), client.next())).extracting(Event::id).containsExactly("0-0", "0-1");
			}
			assertThat(flood.application.bean(Streams.class).open()).isEqualTo(MANY);
			// half of them leave, and half see the end
			List<EventClient> leaving = flood.served.subList(0, MANY / 2);
			for (EventClient client : leaving) {
				client.close();
			}
			leaving.clear();
			flood.application.bean(ToldWorkflow.class).end(flood.session);
			for (EventClient client : flood.served) {
				assertThat(client.rest()).extracting(Event::name).containsExactly("WorkflowCompleted");
			}
			flood.leave();
			awaitFewMoreThreadsThan(threads);
		}
	}

	@Test
	void userWithTooManyStreamsTakesNoneFromAnother() throws Exception {
		try (WebApplication application = WebApplication.start(TestDatabase.H2.create(),
				new String[] { "buddy.web.heartbeat=1s", "buddy.web.max-streams-per-user=5" },
				WebApplication.Secured.class, ToldWorkflows.class)) {
			List<EventClient> clients = new ArrayList<>();
			for (String user : List.of("alice", "bob")) {
				String session = ToldWorkflows.newSession();
				String run = application.http()
					.as(user)
					.with("Prefer", "respond-async")
					.post("/buddy/workflows/told/runs", ToldWorkflows.inSession(session))
					.header("Location")
					.orElseThrow();
				for (int i = 0; i < 5; i++) {
					clients.add(EventClient.followAs(application, run, user));
				}
				assertThat(clients).allMatch((client) -> client.status() == 200);
				try (EventClient late = EventClient.followAs(application, run, user)) {
					assertThat(late.status()).isEqualTo(503);
				}
				application.bean(ToldWorkflow.class).end(session);
				if (user.equals("bob")) {
					for (EventClient client : clients) {
						assertThat(client.rest()).hasSize(2);
					}
				}
			}
			Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> application.bean(Streams.class).open() == 0);
		}
	}

	private static void awaitFewMoreThreadsThan(int threads) {
		Awaitility.await()
			.atMost(60, TimeUnit.SECONDS)
			.until(() -> ManagementFactory.getThreadMXBean().getThreadCount() - threads < FEW_THREADS);
	}

	/** A client's end, the server's end, and what the machine itself has open. */
	private static void requireDescriptors(int streams) {
		if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
			long needed = 2L * streams + 200;
			long left = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
			Assumptions.assumeTrue(left >= needed, streams + " streams need " + needed
					+ " file descriptors, and this process may open " + left + " (ulimit -n)");
		}
	}

	/** Many streams of one run that goes on. */
	private static final class Flood implements AutoCloseable {

		private final String session = ToldWorkflows.newSession();

		private final List<EventClient> served = new ArrayList<>();

		private final List<Response> refused = new ArrayList<>();

		private final WebApplication application;

		private final String run;

		Flood(String... properties) {
			this.application = WebApplication.start(TestDatabase.H2.create(), properties, ToldWorkflows.class);
			this.run = this.application.http()
				.with("Prefer", "respond-async")
				.post("/buddy/workflows/told/runs", ToldWorkflows.inSession(this.session))
				.header("Location")
				.orElseThrow();
		}

		void open(int streams) throws Exception {
			for (int i = 0; i < streams; i++) {
				EventClient client = EventClient.follow(this.application, this.run);
				if (client.status() == 200) {
					this.served.add(client);
				}
				else {
					this.refused.add(client.answer());
					client.close();
				}
			}
		}

		void assertOthersAreServed() {
			Http http = this.application.http();
			assertThat(http.get("/buddy/workflows").status()).isEqualTo(200);
			assertThat(http.post(ECHO, GOOD).at("content")).isEqualTo("a");
			assertThat(http.get(this.run).status()).isEqualTo(200);
			assertThat(http.get("/buddy/runs").items()).isNotEmpty();
		}

		void leave() throws Exception {
			for (EventClient client : this.served) {
				client.close();
			}
			this.served.clear();
			Awaitility.await()
				.atMost(60, TimeUnit.SECONDS)
				.until(() -> this.application.bean(Streams.class).open() == 0
						&& this.application.bean(RunEventStreams.class).openStreams() == 0);
		}

		@Override
		public void close() throws Exception {
			for (EventClient client : this.served) {
				client.close();
			}
			this.application.bean(ToldWorkflow.class).end(this.session);
			this.application.close();
		}

	}

}
