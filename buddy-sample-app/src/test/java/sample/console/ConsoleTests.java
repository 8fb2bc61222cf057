package sample.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

import com.microsoft.playwright.Browser.NewPageOptions;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.IsHiddenOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.Chromium;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What people do in the console of the running sample, in a real browser.
 */
class ConsoleTests {

	private static final double LONG = 30_000;

	private static final ContainsTextOptions LATER = new ContainsTextOptions().setTimeout(LONG);

	@TempDir
	private static Path folder;

	private static RunningSample sample;

	private static Chromium chromium;

	private Page page;

	@BeforeAll
	static void start() {
		chromium = Chromium.start();
		sample = RunningSample.start(folder.resolve("data"));
	}

	@AfterAll
	static void stop() {
		if (sample != null) {
			sample.close();
		}
		if (chromium != null) {
			chromium.close();
		}
	}

	@BeforeEach
	void open() {
		this.page = chromium.open(new NewPageOptions().setLocale("en-GB"));
		this.page.addInitScript(Pages.WATCH);
	}

	@AfterEach
	void close() {
		assertThat(Pages.violations(this.page)).as("what the content security policy has stopped").isEmpty();
		this.page.close();
	}

	@Test
	void newcomerIsLedFromTheRootToTheConsole() {
		this.page.navigate(sample.url("/"));
		assertThat(this.page).hasURL(Pattern.compile("/buddy/console/#/overview"));
		assertThat(heading()).hasText("Overview");
		this.page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Workflows").setExact(true)).click();
		assertThat(this.page.locator(".cards > li")).hasCount(13);
	}

	@Test
	void workflowIsRunAndItsTextStreamsIn() {
		view("workflows/streaming");
		this.page.getByLabel("Query").fill("What is fusion?");
		Locator answer = this.page.getByLabel("Answer");
		sample.streams().hold();
		try {
			button("Run").click();
			assertThat(answer.locator(".stream[aria-busy=true]")).containsText(Pattern.compile("\\w+"));
		}
		finally {
			sample.streams().letGo();
		}
		assertThat(answer).containsText("Completed", LATER);
		this.page.reload();
		assertThat(this.page.getByLabel("Answer")).containsText("Completed");
	}

	@Test
	void refundIsApprovedInTheInbox() {
		String run = sample.run("refund",
				"{\"order\":\"B-1\",\"cents\":500,\"reason\":\"It is broken\",\"approval\":true}");
		view("questions?run_id=" + run);
		assertThat(this.page).hasTitle(Pattern.compile("^\\(\\d+\\+?\\) Questions"));
		this.page.getByRole(AriaRole.RADIO, new GetByRoleOptions().setName("Yes")).check();
		button("Send the answer").click();
		assertThat(this.page.getByText("Nobody is waiting for you")).isVisible();
		view("runs/" + run);
		assertThat(heading()).containsText("Completed");
		Locator steps = this.page.locator(".gantt");
		assertThat(steps).containsText("approve");
		assertThat(steps).containsText("Executions");
		assertThat(this.page.locator(".facts")).containsText(Pattern.compile("Nodes\\s*e0\\s*\\d+@.*e1\\s*\\d+@"));
	}

	@Test
	void failedRunIsRetriedForkedAndCompared() {
		String run = sample.run("steps", "{\"count\":3,\"fail_at\":2,\"fail_times\":1}");
		view("runs/" + run);
		assertThat(this.page.locator(".problem").first()).containsText("fails, as it was asked to");
		button("Retry").click();
		assertThat(heading()).containsText("Completed");

		this.page.locator(".gantt button").nth(2).click();
		button("Fork from here").click();
		button("Fork the run").click();
		assertThat(this.page.getByText("Fork of")).isVisible();
		assertThat(heading()).containsText("Completed");
		assertThat(this.page).not().hasURL(Pattern.compile(run));

		this.page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Compare")).click();
		this.page.getByLabel("The other run").selectOption(run);
		assertThat(this.page.locator("main")).containsText("Both have the same input");
		assertThat(this.page.locator("tbody tr")).hasCount(3);
	}

	@Test
	void conversationIsContinuedAndTheStateIsShown() {
		String session = "talk-" + UUID.randomUUID();
		sample.run("counter", "{}", session);
		view("sessions/" + session);
		assertThat(this.page.locator(".turn")).hasCount(1);
		assertThat(this.page.locator(".state")).containsText("1");
		button("Run in this session").click();
		assertThat(this.page.locator(".turn")).hasCount(2);
		assertThat(this.page.locator(".state")).containsText("2");
		String trip = sample.run("trip", "{\"cities\":[\"Rome\"]}");
		view("runs/" + trip);
		this.page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("State")).click();
		assertThat(this.page.locator(".diff tbody tr")).hasCount(1);
		assertThat(this.page.locator(".diff .plus")).not().isEmpty();
	}

	@Test
	void sessionIsRenamedFoundExportedDeletedAndImported() throws IOException {
		String session = "kept-" + UUID.randomUUID();
		sample.run("counter", "{}", session);
		view("sessions/" + session);
		button("Rename").click();
		this.page.getByRole(AriaRole.DIALOG).getByLabel("Name").fill("Tea with Ada " + session);
		this.page.getByRole(AriaRole.DIALOG)
			.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Rename"))
			.click();
		assertThat(heading()).hasText("Tea with Ada " + session);

		view("sessions");
		this.page.getByLabel("Name").fill("tea with ada " + session.toUpperCase(Locale.ROOT));
		this.page.getByLabel("Name").press("Enter");
		assertThat(this.page.locator("tbody tr")).hasCount(1);
		this.page.locator("tbody a").first().click();

		Download download = this.page.waitForDownload(
				() -> this.page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Export")).click());
		Path file = folder.resolve(session + ".json");
		download.saveAs(file);
		assertThat(Files.readString(file)).contains(session, "\"runs\"");

		button("Delete").click();
		button("Delete the session").click();
		assertThat(heading()).hasText("Sessions");
		view("sessions/" + session);
		assertThat(this.page.locator(".problem")).containsText(session);

		view("sessions");
		this.page.locator("input[type=file]").setInputFiles(file);
		assertThat(heading()).hasText("Tea with Ada " + session);
		assertThat(this.page.locator(".turn")).hasCount(1);
	}

	@Test
	void scheduleIsPausedResumedAndRun() {
		view("schedules");
		Locator digest = this.page.locator("tbody tr", new Page.LocatorOptions().setHasText("digest"));
		digest.getByText("Pause", new Locator.GetByTextOptions().setExact(true)).click();
		assertThat(digest).containsText("Paused");
		this.page.reload();
		assertThat(digest).containsText("Paused");
		digest.getByText("Resume", new Locator.GetByTextOptions().setExact(true)).click();
		assertThat(digest).not().containsText("Paused");
		digest.getByText("Run now").click();
		assertThat(heading()).containsText("digest");
		assertThat(heading()).containsText("Completed", LATER);
		view("nodes");
		assertThat(this.page.locator("tbody tr").first()).containsText("Alive");
	}

	@Test
	void budgetsShowWhatIsUsedOfThem() {
		sample.run("research", "{\"topic\":\"tea\"}");
		view("budgets");
		Locator research = this.page.locator("tbody tr", new Page.LocatorOptions().setHasText("research"));
		assertThat(research).containsText("daily");
		assertThat(research.locator("progress")).hasCount(2);
		assertThat(research).containsText("of 1 h");
		assertThat(this.page.getByRole(AriaRole.NAVIGATION)
			.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Budgets"))).isVisible();
	}

	@Test
	void serverThatWasAwayIsFollowedOnceItIsBack() {
		Assumptions.assumeTrue(Boolean.getBoolean("test.nightly"),
				"only with -Pnightly; in the gate: a client of Java's follows runs over restarts");
		String run = sample.start("countdown", "{\"seconds\":2}");
		view("runs/" + run);
		assertThat(heading()).containsText("countdown");
		sample.stop();
		assertThat(this.page.getByText("The connection to the server is lost")).isVisible();
		sample.restart();
		assertThat(this.page.getByText("The connection to the server is lost"))
			.isHidden(new IsHiddenOptions().setTimeout(LONG));
		assertThat(heading()).containsText("Completed", LATER);
	}

	@Test
	void everythingWorksByKeyboard() {
		view("workflows");
		assertThat(this.page.locator(".cards > li").first()).isVisible();
		pressTabUntil("a[href='#/workflows/research']");
		this.page.keyboard().press("Enter");
		assertThat(heading()).containsText("research");
		pressTabUntil("[name=topic], main textarea, main input");
		this.page.keyboard().type("coffee");
		this.page.keyboard().press("Control+Enter");
		assertThat(this.page.getByLabel("Answer")).containsText("Completed");
		pressTabUntil("[aria-label=Answer] a");
		this.page.keyboard().press("Enter");
		assertThat(heading()).containsText("research");
		pressTabUntil(".gantt button");
		this.page.keyboard().press("Enter");
		assertThat(this.page.locator(".messages")).isVisible();
	}

	/**
	 * In the nightly build, each in both colours and both widths; in the gate, every
	 * other one light on a desk, and those between dark on a phone.
	 */
	@Test
	void allViewsAreAccessibleAndPhotographed() {
		Map<String, String> views = Views.prepare(sample);
		boolean all = Boolean.getBoolean("test.nightly");
		List<String> faults = new ArrayList<>();
		if (all) {
			for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
				faults.addAll(photograph(views, colours, false));
				faults.addAll(photograph(views, colours, true));
			}
		}
		else {
			Map<String, String> desk = new LinkedHashMap<>();
			Map<String, String> phone = new LinkedHashMap<>();
			views.forEach((name, view) -> ((desk.size() > phone.size()) ? phone : desk).put(name, view));
			faults.addAll(photograph(desk, ColorScheme.LIGHT, false));
			faults.addAll(photograph(phone, ColorScheme.DARK, true));
		}
		assertThat(faults).isEmpty();
	}

	private static List<String> photograph(Map<String, String> views, ColorScheme colours, boolean phone) {
		List<String> faults = new ArrayList<>();
		String suffix = "-" + colours.name().toLowerCase(Locale.ROOT) + (phone ? "-phone" : "");
		try (Page shot = chromium.open(new NewPageOptions().setLocale("en-GB")
			.setColorScheme(colours)
			.setViewportSize(phone ? 390 : 1280, phone ? 844 : 860))) {
			views.forEach((name, view) -> {
				Pages.show(shot, sample.url("/buddy/console/#/" + view));
				Pages.photograph(shot, name + suffix);
				Pages.faults(shot).forEach((fault) -> faults.add(name + suffix + ": " + fault));
				if (Pages.overflows(shot)) {
					faults.add(name + suffix + " has to be scrolled to the side");
				}
			});
		}
		return faults;
	}

	private void pressTabUntil(String selector) {
		for (int i = 0; i < 200; i++) {
			this.page.keyboard().press("Tab");
			if (Boolean.TRUE
				.equals(this.page.evaluate("(selector) => document.activeElement.matches(selector)", selector))) {
				return;
			}
		}
		throw new AssertionError("The keyboard does not lead to " + selector);
	}

	private void view(String view) {
		Pages.show(this.page, sample.url("/buddy/console/#/" + view));
	}

	private Locator heading() {
		return this.page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setLevel(1));
	}

	private Locator button(String name) {
		return this.page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
	}

}
