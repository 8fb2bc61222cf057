package guide;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.ClassUtils;

import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page on troubleshooting has every start-up report and every exception of buddy, and
 * no other.
 */
class TroubleshootingPageTests {

	private static final String PAGE = Pages.read(Pages.DOCS.resolve("troubleshooting.md"));

	@Test
	void everyStartUpReportIsExplained() throws IOException {
		Set<String> registered = new TreeSet<>();
		for (Resource resource : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:META-INF/spring.factories")) {
			Properties factories = new Properties();
			try (InputStream in = resource.getInputStream()) {
				factories.load(in);
			}
			Arrays.stream(factories.getProperty(FailureAnalyzer.class.getName(), "").split(","))
				.map(String::strip)
				.filter((name) -> name.startsWith("buddy."))
				.map(ClassUtils::getShortName)
				.forEach(registered::add);
		}
		assertThat(registered).hasSizeGreaterThan(2);
		assertThat(named("`(\\w+FailureAnalyzer)`")).isEqualTo(registered);
	}

	@Test
	void everyPublicExceptionIsExplained() throws IOException, ClassNotFoundException {
		Set<String> exceptions = new TreeSet<>();
		for (Resource resource : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:buddy/**/*Exception.class")) {
			String path = resource.getURL().getPath();
			String name = path.substring(path.lastIndexOf("/buddy/") + 1).replace(".class", "").replace('/', '.');
			Class<?> type = Class.forName(name, false, Workflow.class.getClassLoader());
			if (Modifier.isPublic(type.getModifiers())) {
				exceptions.add(type.getSimpleName());
			}
		}
		assertThat(exceptions).hasSizeGreaterThan(10);
		assertThat(named("(?m)^\\| `(\\w+Exception)` \\|")).isEqualTo(exceptions);
	}

	private static Set<String> named(String pattern) {
		return Pattern.compile(pattern)
			.matcher(PAGE)
			.results()
			.map((match) -> match.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
