package guide;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Links between the pages lead somewhere, and every page is found from the table of
 * contents.
 */
class LinkTests {

	private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*\\]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

	@Test
	void everyRelativeLinkLeadsToAFileAndAHeading() {
		List<String> broken = new ArrayList<>();
		int seen = 0;
		for (Path page : Pages.all()) {
			for (String link : links(page)) {
				seen++;
				String[] parts = link.split("#", 2);
				Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
				if (!Files.exists(target)) {
					broken.add(Pages.name(page) + " → " + link + ": there is no such file");
				}
				else if (parts.length == 2 && !anchors(target).contains(parts[1])) {
					broken.add(Pages.name(page) + " → " + link + ": the headings there are " + anchors(target));
				}
			}
		}
		assertThat(broken).isEmpty();
		assertThat(seen).isGreaterThan(60);
	}

	@Test
	void everyPageIsInTheTableOfContents() {
		Path index = Pages.DOCS.resolve("index.md");
		Set<Path> linked = new HashSet<>();
		links(index).forEach((link) -> linked.add(index.resolveSibling(link.split("#", 2)[0]).normalize()));
		List<Path> pages = Pages.all().stream().filter((page) -> page.startsWith(Pages.DOCS)).toList();
		linked.add(index);
		assertThat(linked).containsAll(pages);
		assertThat(pages).hasSizeGreaterThan(20);
	}

	private static List<String> links(Path page) {
		return LINK.matcher(Pages.prose(page))
			.results()
			.map((match) -> match.group(1))
			.filter((link) -> !link.matches("[a-z]+:.*"))
			.toList();
	}

	/**
	 * The anchors that GitHub makes of headings; a second one of a name gets a number.
	 */
	private static Set<String> anchors(Path page) {
		Set<String> anchors = new HashSet<>();
		Map<String, Integer> counts = new HashMap<>();
		for (MatchResult heading : HEADING.matcher(Pages.prose(page)).results().toList()) {
			String slug = heading.group(1)
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^\\p{L}\\p{N} _-]", "")
				.replace(' ', '-');
			int count = counts.merge(slug, 1, Integer::sum);
			anchors.add((count == 1) ? slug : slug + "-" + (count - 1));
		}
		return anchors;
	}

}
