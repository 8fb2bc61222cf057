package buddy.web;

import java.net.URI;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.web.Http.Response;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the files of the console are served.
 */
class ConsoleTests {

	private static final String CONSOLE = "/app/api/flows/console";

	private static WebApplication application;

	private final Http http = application.http();

	@BeforeAll
	static void start() {
		application = WebApplication.open("buddy.console.enabled=true", "server.servlet.context-path=/app",
				"buddy.web.base-path=/api/flows");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void folderIsFoundByARelativeAddress() {
		Response moved = this.http.get(CONSOLE);
		assertThat(moved.status()).isEqualTo(302);
		assertThat(moved.header("Location")).hasValue("console/");
		assertThat(this.http.get(CONSOLE + "/").body()).contains("<title>buddy</title>", "src=\"app.js\"");
	}

	@ParameterizedTest
	@CsvSource({ "'',text/html", "index.html,text/html", "app.js,text/javascript", "app.css,text/css",
			"icon.svg,image/svg+xml", "parts/form.js,text/javascript", "lib/lit-html/lit-html.js,text/javascript",
			"lib/dompurify/dist/purify.es.mjs,text/javascript", "lib/marked/lib/marked.esm.js,text/javascript",
			"lib/uplot/dist/uPlot.esm.js,text/javascript", "lib/uplot/LICENSE,application/octet-stream" })
	void filesHaveStrictHeaders(String file, String type) {
		Response response = this.http.get(CONSOLE + "/" + file);
		assertThat(response.status()).as(file).isEqualTo(200);
		assertThat(response.header("Content-Type").orElse("application/octet-stream")).startsWith(type);
		assertThat(response.header("X-Content-Type-Options")).hasValue("nosniff");
		assertThat(response.header("Referrer-Policy")).hasValue("no-referrer");
		assertThat(response.header("Cache-Control")).hasValue("no-cache");
		assertThat(response.header("Content-Security-Policy")).hasValue("default-src 'self'; script-src 'self';"
				+ " style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none';"
				+ " frame-ancestors 'none'; form-action 'self'");
	}

	/** Without that, each module is asked for once those that import it are there. */
	@Test
	void modulesOfTheFirstViewAreAskedForAtOnce() {
		String page = this.http.get(CONSOLE + "/").body();
		Set<String> modules = new TreeSet<>();
		addImports(URI.create("app.js"), modules);
		addImports(URI.create("screens/overview.js"), modules);
		modules.remove("app.js");
		assertThat(modules).hasSizeBetween(10, 25).contains("lib/lit-html/directive.js", "screens/overview.js");
		assertThat(Pattern.compile("<link rel=\"modulepreload\" href=\"([^\"]+)\">")
			.matcher(page)
			.results()
			.map((link) -> link.group(1))).containsExactlyInAnyOrderElementsOf(modules);
		Matcher links = Pattern.compile("href=\"([^\"]+)\"").matcher(page);
		assertThat(links.results().map((link) -> link.group(1)).toList())
			.allSatisfy((link) -> assertThat(this.http.get(CONSOLE + "/" + link).status()).as(link).isEqualTo(200));
	}

	/** Finds what a module imports at once, and what that imports. */
	private void addImports(URI module, Set<String> modules) {
		if (modules.add(module.toString())) {
			Pattern
				.compile("(?:^|;)(?:import|export)(?:[^'\"();]*?\\bfrom)?\\s*['\"](\\.[^'\"]+)['\"]", Pattern.MULTILINE)
				.matcher(this.http.get(CONSOLE + "/" + module).body())
				.results()
				.forEach((found) -> addImports(module.resolve(found.group(1)).normalize(), modules));
		}
	}

	@Test
	void unchangedFileIsNotSentAgain() {
		String tag = this.http.get(CONSOLE + "/app.css").header("ETag").orElseThrow();
		assertThat(this.http.with("If-None-Match", tag).get(CONSOLE + "/app.css").status()).isEqualTo(304);
		assertThat(this.http.with("If-None-Match", "\"other\"").get(CONSOLE + "/app.css").status()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/none.js", "/ConsoleRoutes.class", "/../ConsoleRoutes.class", "/..%2fConsoleRoutes.class",
			"/parts", "/lib/../../ConsoleRoutes.class" })
	void nothingElseIsServed(String path) {
		assertThat(this.http.get(CONSOLE + path).status()).as(path).isBetween(400, 404);
	}

	@Test
	void filesAreForTheClientsOfTheRoutesAlone() {
		Response refused = this.http.with("Host", "evil.example.org").get(CONSOLE + "/");
		assertThat(refused.status()).isEqualTo(403);
		assertThat(refused.problem()).isEqualTo("forbidden-client");
	}

	@Test
	void everybodyMayActWithoutSpringSecurity() {
		Response caller = this.http.get("/app/api/flows/caller");
		assertThat(caller.status()).isEqualTo(200);
		assertThat(caller.at("operator")).isEqualTo(true);
		assertThat(caller.at("everybody")).isEqualTo(true);
		assertThat(caller.body()).doesNotContain("user_id");
	}

	@Test
	void rolesTellWhoMayAct() {
		try (WebApplication secured = WebApplication.secured("buddy.console.enabled=true")) {
			Http nobody = secured.http();
			assertThat(nobody.get("/buddy/caller").status()).isEqualTo(401);
			assertThat(nobody.as("nemo").get("/buddy/caller").status()).isEqualTo(403);
			Response vera = nobody.as("vera").get("/buddy/caller");
			assertThat(vera.at("user_id")).isEqualTo("vera");
			assertThat(vera.at("operator")).isEqualTo(false);
			assertThat(nobody.as("alice").get("/buddy/caller").at("operator")).isEqualTo(true);
			// the application's own chain permits everything else
			assertThat(nobody.get("/buddy/console/").status()).isEqualTo(200);
			assertThat(nobody.get("/buddy/consoles").status()).isEqualTo(401);
		}
	}

	@Test
	void consoleThatIsOffLeavesItsPathToTheRoutes() {
		try (WebApplication secured = WebApplication.secured("buddy.console.enabled=false")) {
			assertThat(secured.http().get("/buddy/console/").status()).isEqualTo(401);
			assertThat(secured.http().as("alice").get("/buddy/console/").status()).isEqualTo(404);
		}
	}

}
