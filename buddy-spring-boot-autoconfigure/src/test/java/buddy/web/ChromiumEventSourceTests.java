package buddy.web;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.WaitForFunctionOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import testkit.Chromium;

import buddy.json.internal.Json;
import buddy.testkit.Nightly;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@code EventSource} of a real browser, in a plain page.
 */
class ChromiumEventSourceTests extends EventSourceContractTests {

	private static final double TWO_MINUTES = 120_000;

	private static Chromium chromium;

	@BeforeAll
	static void start() {
		Nightly.only("HttpClientEventSourceTests cuts every place, and the console follows runs in a browser");
		chromium = Chromium.start();
	}

	@AfterAll
	static void quit() {
		if (chromium != null) {
			chromium.close();
		}
	}

	/** It comes again a second after each. */
	@Override
	int cuts() {
		return Nightly.size(1, 20);
	}

	@Override
	List<Seen> follow(CuttingProxy proxy, String run) {
		try (Page page = chromium.open(proxy.origin() + "/follow.html?run=" + run)) {
			page.waitForFunction("source.readyState === EventSource.CLOSED || returns > 30", null,
					new WaitForFunctionOptions().setTimeout(TWO_MINUTES));
			assertThat(page.evaluate("source.readyState")).as("2 is closed").isEqualTo(2);
			// longer than the second after which it would come again
			int requests = proxy.requests();
			Awaitility.await().during(Duration.ofSeconds(2)).until(() -> proxy.requests() == requests);
			assertThat(page.evaluate("returns")).as("how often it came again").isEqualTo(requests - 1);
			return ((List<?>) page.evaluate("events.map((event) => [event.lastEventId, event.data])")).stream()
				.map((event) -> (List<?>) event)
				.map((event) -> Seen.of((String) event.get(0), data(event.get(1))))
				.toList();
		}
	}

	private static Map<String, Object> data(Object json) {
		return Json.readMap((String) json);
	}

}
