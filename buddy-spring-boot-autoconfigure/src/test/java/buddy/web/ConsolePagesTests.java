package buddy.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

import com.microsoft.playwright.Browser.NewPageOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import testkit.Chromium;

import buddy.run.RunResponseEvent;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowScope;
import buddy.workflow.WorkflowSettings;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The pages of the console in a real browser, as an operator and as a viewer.
 */
class ConsolePagesTests {

	private static final String ATTACK = "<img src=x onerror=\"window.attacked=1\"><script>window.attacked=1</script>";

	/** Keeps what the content security policy has stopped. */
	private static final String WATCH = "window.violations = [];"
			+ " document.addEventListener('securitypolicyviolation', (event) =>"
			+ " violations.push(event.violatedDirective + ' ' + event.blockedURI))";

	private static WebApplication application;

	private static Chromium chromium;

	private Page page;

	@BeforeAll
	static void start() {
		chromium = Chromium.start();
		application = WebApplication.start(TestDatabase.H2.create(), new String[] { "buddy.console.enabled=true" },
				WebApplication.Secured.class, Workflows.class);
	}

	@AfterAll
	static void quit() {
		if (application != null) {
			application.close();
		}
		if (chromium != null) {
			chromium.close();
		}
	}

	@AfterEach
	void noPolicyIsViolatedAndNothingIsExecuted() {
		assertThat(this.page.evaluate("violations")).isEqualTo(List.of());
		assertThat(this.page.evaluate("window.attacked")).isNull();
		this.page.close();
	}

	@Test
	void textOfARunStreamsIn() {
		TalkingWorkflow talking = application.bean(TalkingWorkflow.class);
		open("alice", "workflows/talking");
		this.page.getByLabel("Topic").fill("tea");
		button("Run").click();
		Locator answer = this.page.getByLabel("Answer");
		assertThat(answer).containsText("All about tea");
		assertThat(answer).containsText("Running");
		assertThat(answer.locator("strong").getByText("tea")).isVisible();
		talking.goOn();
		assertThat(answer).containsText("Completed");
		assertThat(answer).containsText("and that is all");
		// the address holds the run
		this.page.reload();
		assertThat(this.page.getByLabel("Answer")).containsText("and that is all");
		this.page.getByLabel("Answer").getByRole(AriaRole.LINK).click();
		assertThat(this.page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setLevel(1)))
			.containsText("talking Completed");
	}

	@Test
	void messagesStandAtTheirFields() {
		open("alice", "workflows/echo");
		this.page.getByLabel("Text").fill("ab");
		this.page.getByLabel("Times").fill("many");
		button("Run").click();
		Locator field = this.page.locator(".field.faulty");
		assertThat(field).containsText("Times");
		assertThat(field.getByRole(AriaRole.ALERT)).containsText("'times'");
		this.page.getByLabel("Times").fill("2");
		button("Run").click();
		assertThat(this.page.getByLabel("Answer")).containsText("abab");
	}

	@Test
	void whatIsStoredStaysText() {
		String run = run("alice", "hostile", "{\"text\":" + quoted(ATTACK) + "}");
		open("alice", "runs");
		for (String view : new String[] { "?tab=result", "?tab=events", "?step=%2Fs" }) {
			visit("runs/" + run + view);
			assertThat(this.page.locator("main")).containsText(Pattern.compile("onerror"));
			assertThat(this.page.locator("main img, main script, main a[href^='javascript']")).hasCount(0);
		}
		visit("sessions/hostile");
		assertThat(this.page.locator(".state")).containsText("onerror");
		assertThat(this.page.locator(".head h1")).containsText("onerror");
		visit("workflows");
		assertThat(this.page.locator(".cards")).containsText("onerror");
		assertThat(this.page.locator("main img, main script")).hasCount(0);
	}

	@Test
	void errorStaysText() {
		String run = failed(ATTACK);
		open("alice", "runs/" + run);
		assertThat(this.page.locator(".problem")).containsText("onerror");
		assertThat(this.page.locator("main img, main script")).hasCount(0);
	}

	@Test
	void viewerSeesNoButtonThatActs() {
		String asking = run("vera", "asking", "{}");
		open("vera", "runs/" + asking);
		assertThat(this.page.getByText("Who is asked can answer it")).isVisible();
		for (String view : new String[] { "runs/" + asking, "workflows/asking", "sessions", "questions" }) {
			visit(view);
			assertThat(this.page.getByRole(AriaRole.HEADING, new GetByRoleOptions().setLevel(1))).isVisible();
			assertThat(this.page.locator(".loading")).hasCount(0);
			for (String name : new String[] { "Cancel", "Run", "Run in background", "Retry", "Resume", "Import",
					"Delete", "Rename", "Send the answer" }) {
				assertThat(this.page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true)))
					.hasCount(0);
			}
		}
		assertThat(this.page.locator(".side")).not().containsText("Nodes");
	}

	private Locator button(String name) {
		return this.page.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName(name).setExact(true));
	}

	private void open(String user, String view) {
		this.page = chromium.open(new NewPageOptions().setExtraHTTPHeaders(Map.of("Authorization", Http.basic(user))));
		this.page.addInitScript(WATCH);
		this.page.navigate("http://localhost:" + application.port() + "/buddy/console/#/" + view);
	}

	private void visit(String view) {
		this.page.evaluate("(view) => { location.hash = '#/' + view; }", view);
	}

	/** Runs a workflow and returns the id of the run. */
	private static String run(String user, String workflow, String input) {
		Http http = application.http().as("alice");
		String session = workflow.equals("hostile")
				? ",\"session\":{\"session_id\":\"hostile\",\"session_name\":" + quoted(ATTACK) + "}" : "";
		if (user.equals("alice")) {
			return (String) http.post("/buddy/workflows/" + workflow + "/runs", "{\"input\":" + input + session + "}")
				.at("run_id");
		}
		// viewers start nothing over HTTP
		return WorkflowScope.ofUser(user)
			.call(() -> application.bean(AskingWorkflows.AskingWorkflow.class).run(null, null))
			.runId();
	}

	private static String failed(String text) {
		assertThatIllegalStateException().isThrownBy(() -> WorkflowScope.ofUser("alice")
			.call(() -> application.bean(WebApplication.FailingWorkflow.class).run(text)));
		return (String) application.http()
			.as("alice")
			.get("/buddy/runs?workflow_id=failing")
			.items()
			.get(0)
			.get("run_id");
	}

	private static String quoted(String text) {
		return '"' + text.replace("\"", "\\\"") + '"';
	}

	@Configuration(proxyBeanMethods = false)
	@Import(AskingWorkflows.class)
	static class Workflows {

		@Bean
		TalkingWorkflow talking() {
			return new TalkingWorkflow();
		}

		@Bean
		HostileWorkflow hostile() {
			return new HostileWorkflow();
		}

	}

	/** Says the second half when it may. */
	static class TalkingWorkflow extends Workflow {

		private final CountDownLatch latch = new CountDownLatch(1);

		void goOn() {
			this.latch.countDown();
		}

		Flux<String> run(String topic) {
			return Flux.concat(Flux.just("All about ", "**" + topic + "**"), Mono.fromCallable(() -> {
				this.latch.await();
				return ", and that is all";
			}).subscribeOn(Schedulers.boundedElastic()));
		}

	}

	/** Puts a text everywhere that a workflow can write to. */
	static class HostileWorkflow extends Workflow {

		HostileWorkflow() {
			super(WorkflowSettings.builder().description("Shows " + ATTACK).build());
		}

		String run(String text) {
			sessionState().put(text, text);
			emit(RunResponseEvent.custom(text, text));
			String result = step("s", () -> text);
			return "# " + result + "\n\n[link](javascript:window.attacked=1) ![picture](https://example.org/x.png)\n\n"
					+ "| a |\n|---|\n| " + text + " |\n";
		}

	}

}
