package testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewPageOptions;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.assertions.PlaywrightAssertions;

/**
 * The Chromium of this machine, without a window, and without a word to anybody but the
 * pages' own servers.
 */
public final class Chromium implements AutoCloseable {

	private static final List<String> ARGUMENTS = List.of("--no-sandbox", "--disable-gpu", "--disable-quic",
			"--no-first-run", "--no-proxy-server", "--disable-background-networking", "--disable-component-update",
			"--disable-sync");

	/** For what must come on a machine that is busy. */
	private static final double PATIENCE_MILLIS = 30_000;

	private final Playwright playwright;

	private final Browser browser;

	private Chromium(Playwright playwright, Browser browser) {
		this.playwright = playwright;
		this.browser = browser;
	}

	/**
	 * Starts the browser, which belongs to this thread.
	 * @return the browser
	 */
	public static Chromium start() {
		Path program = Programs.find("chromium")
			.orElseThrow(() -> Missing
				.on("there is no chromium in the PATH or in /usr/bin (Debian: apt-get install chromium)", null));
		PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
		Playwright playwright = null;
		try {
			playwright = Playwright
				.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
			return new Chromium(playwright, playwright.chromium()
				.launch(new LaunchOptions().setExecutablePath(program).setHeadless(true).setArgs(ARGUMENTS)));
		}
		catch (PlaywrightException ex) {
			if (playwright != null) {
				playwright.close();
			}
			throw Missing.on("chromium did not start: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Opens a page as a visitor who was never there.
	 * @param url where it is
	 * @return the page; whoever opens it closes it
	 */
	public Page open(String url) {
		Page page = this.browser.newPage();
		page.navigate(url);
		return page;
	}

	/**
	 * Opens an empty page as a visitor who was never there.
	 * @param options what the visitor's browser is like
	 * @return the page; whoever opens it closes it
	 */
	public Page open(NewPageOptions options) {
		return this.browser.newPage(options);
	}

	@Override
	public void close() {
		this.browser.close();
		this.playwright.close();
	}

}
