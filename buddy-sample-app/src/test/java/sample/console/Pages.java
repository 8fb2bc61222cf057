package sample.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;

/**
 * What tests look at in a page of the console.
 */
final class Pages {

	/** Keeps what the content security policy has stopped. */
	static final String WATCH = "window.violations = [];"
			+ " document.addEventListener('securitypolicyviolation', (event) =>"
			+ " violations.push(event.violatedDirective + ' ' + event.blockedURI))";

	private static final String AXE = axe();

	private static final String FAULTS = "async () => (await axe.run()).violations"
			+ ".filter((one) => one.impact === 'serious' || one.impact === 'critical')"
			+ ".flatMap((one) => one.nodes.map((node) => one.id + ' at ' + node.target + ': ' + node.html.slice(0, 200)))";

	/** Plots are drawn once their library is there. */
	private static final String DRAWN = "() => [...document.querySelectorAll('x-plot')].every((one) => one.querySelector('canvas'))"
			+ " && !document.querySelector('main .spinner')";

	private Pages() {
	}

	/** Shows a view, and waits until it has what it shows. */
	static void show(Page page, String url) {
		// a new address within the page is no navigation
		if (page.url().startsWith(url.substring(0, url.indexOf('#') + 1))) {
			page.evaluate("(view) => { location.hash = view; }", url.substring(url.indexOf('#')));
		}
		else {
			page.navigate(url);
		}
		page.waitForFunction(
				"() => document.querySelector('main h1, main h2') && !document.querySelector('main .loading')");
	}

	static List<?> violations(Page page) {
		return (List<?>) page.evaluate("() => window.violations || []");
	}

	/** Whether the page has to be scrolled to the side. */
	static boolean overflows(Page page) {
		return (Boolean) page
			.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth");
	}

	/** Returns the serious faults that axe finds. */
	static List<String> faults(Page page) {
		page.evaluate(AXE);
		return ((List<?>) page.evaluate(FAULTS)).stream().map(String::valueOf).toList();
	}

	/** Keeps a picture in {@code target/screenshots}. */
	static void photograph(Page page, String name) {
		page.waitForFunction(DRAWN);
		page.screenshot(new ScreenshotOptions().setPath(Path.of("target", "screenshots", name + ".png")));
	}

	private static String axe() {
		try (InputStream script = Pages.class.getResourceAsStream("/axe.min.js")) {
			return new String(script.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
