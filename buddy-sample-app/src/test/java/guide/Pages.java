package guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pages of the documentation, as they stand in the repository.
 */
final class Pages {

	static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	static final Path DOCS = ROOT.resolve("src/docs");

	private static final String REWRITE = "guide.rewrite";

	private Pages() {
	}

	/** README, CONTRIBUTING and all pages under {@code src/docs}. */
	static List<Path> all() {
		try (Stream<Path> files = Files.walk(DOCS)) {
			return Stream
				.concat(Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")),
						files.filter((file) -> file.toString().endsWith(".md")).sorted())
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String name(Path page) {
		return ROOT.relativize(page).toString().replace('\\', '/');
	}

	static String read(Path file) {
		try {
			return Files.readString(file).replace("\r\n", "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The blocks of a language in a page, without their fences. */
	static List<String> blocks(Path page, String language) {
		return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
			.matcher(read(page))
			.results()
			.map((match) -> match.group(1))
			.toList();
	}

	/** The page's text without its blocks of code. */
	static String prose(Path page) {
		return read(page).replaceAll("(?ms)^```.*?^```$", "");
	}

	/** The rest of a section from its heading on, up to the next one of its level. */
	static String section(Path page, String heading) {
		String level = heading.substring(0, heading.indexOf(' ') + 1);
		String[] parts = read(page).split("(?m)^" + Pattern.quote(heading) + "$", 2);
		if (parts.length < 2) {
			throw new IllegalStateException(name(page) + " has no section " + heading);
		}
		return parts[1].split("(?m)^" + level, 2)[0];
	}

	/**
	 * Returns the part of a page that is generated, after it was written anew if that is
	 * asked for.
	 */
	static String generated(Path page, String name, String expected) {
		String begin = "<!-- generated: " + name + " -->\n";
		String end = "<!-- end of " + name + " -->";
		String text = read(page);
		int from = text.indexOf(begin) + begin.length();
		int to = text.indexOf(end);
		if (from < begin.length() || to < from) {
			throw new IllegalStateException(name(page) + " has no part " + begin + " … " + end);
		}
		if (Boolean.getBoolean(REWRITE)) {
			try {
				Files.writeString(page, text.substring(0, from) + expected + text.substring(to));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			return expected;
		}
		return text.substring(from, to);
	}

	static String howToRewrite(Class<?> test) {
		return "a generated part of the documentation is out of date; write it anew with"
				+ " ./mvnw -pl buddy-sample-app -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest="
				+ test.getSimpleName() + " -DargLine=-D" + REWRITE + "=true";
	}

}
