package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The code of README and pages is that of sources that the build compiles and runs.
 */
class DocumentationTests {

	private static final Path QUICKSTART = Pages.ROOT.resolve("src/quickstart");

	private static final List<Path> FIRST_STEPS = List.of(Pages.ROOT.resolve("README.md"),
			Pages.DOCS.resolve("getting-started.md"));

	@TestFactory
	Stream<DynamicTest> everyJavaBlockIsCompiledCode() throws IOException {
		String code = code();
		return Pages.all()
			.stream()
			.filter((page) -> !page.endsWith("CONTRIBUTING.md"))
			.flatMap((page) -> Pages.blocks(page, "java")
				.stream()
				.map((block) -> DynamicTest.dynamicTest(
						Pages.name(page) + ": " + block.strip().lines().findFirst().orElse(""),
						() -> assertThat(code)
							.as("a block in %s that no compiled source contains; put it into guide.GuideSnippets or"
									+ " correct it:%n%s", Pages.name(page), block)
							.contains(normalized(block)))));
	}

	@Test
	void commandsOfTheReadmeAreTheFirstTwoOfTheirKind() {
		List<String> commands = Pages.read(Pages.ROOT.resolve("README.md"))
			.lines()
			.filter((line) -> line.startsWith("./mvnw"))
			.toList();
		assertThat(commands).hasSize(2);
		assertThat(commands.get(0)).contains("spring-boot:run").contains("buddy-sample-app");
		assertThat(commands.get(1)).isEqualTo("./mvnw verify");
	}

	@Test
	void buildAndConfigurationOfTheFirstStepsAreThoseOfTheQuickstart() {
		for (Path page : FIRST_STEPS) {
			List<String> builds = Pages.blocks(page, "xml");
			assertThat(builds).as(Pages.name(page)).hasSize(2);
			assertThat(builds.get(0)).as(Pages.name(page)).isEqualTo(Pages.read(QUICKSTART.resolve("pom.xml")));
			// the sample's own way to a model, which it packages only where there is a
			// key
			assertThat(normalized(Pages.read(Path.of("pom.xml"))).replace("<scope>${openai.scope}</scope> ", ""))
				.as(Pages.name(page))
				.contains(normalized(builds.get(1)));
			assertThat(Pages.blocks(page, "yaml").get(0)).as(Pages.name(page))
				.isEqualTo(Pages.read(QUICKSTART.resolve("src/main/resources/application.yml")));
		}
	}

	@Test
	void wholeCodeOfTheQuickstartStandsInTheFirstSteps() throws IOException {
		try (Stream<Path> files = Files.walk(QUICKSTART.resolve("src/main/java"))) {
			List<Path> sources = files.filter((file) -> file.toString().endsWith(".java")).toList();
			assertThat(sources).hasSize(2);
			for (Path page : FIRST_STEPS) {
				assertThat(Pages.blocks(page, "java")).as(Pages.name(page))
					.containsAll(sources.stream().map(Pages::read).toList());
			}
		}
	}

	@Test
	void gradleBuildHasWhatTheMavenBuildHas() {
		String pom = Pages.read(QUICKSTART.resolve("pom.xml"));
		String gradle = String.join("\n", Pages.blocks(FIRST_STEPS.get(1), "groovy"));
		List<String> needed = Pattern
			.compile("<(?:artifactId|buddy.version|spring-ai.version)>(?!quickstart|.*(?:-parent|-plugin)<)([^<]+)<")
			.matcher(pom)
			.results()
			.map((match) -> match.group(1))
			.toList();
		assertThat(needed).contains("buddy-spring-boot-starter", "spring-ai-bom", "h2");
		assertThat(gradle).contains(needed);
		MatchResult boot = Pattern.compile("starter-parent</artifactId>\\s*<version>([^<]+)<")
			.matcher(pom)
			.results()
			.findFirst()
			.orElseThrow();
		assertThat(gradle).contains("id 'org.springframework.boot' version '" + boot.group(1) + "'");
	}

	@Test
	void versionsOfTheQuickstartAreThoseOfTheBuild() {
		String root = Pages.read(Pages.ROOT.resolve("pom.xml"));
		String bom = Pages.read(Pages.ROOT.resolve("buddy-bom/pom.xml"));
		String pom = Pages.read(QUICKSTART.resolve("pom.xml"));
		String version = only(root, "<artifactId>buddy-parent</artifactId>\\s*<version>([^<]+)<");
		assertThat(only(bom, "<artifactId>buddy-bom</artifactId>\\s*<version>([^<]+)<")).isEqualTo(version);
		assertThat(only(pom, "<buddy.version>([^<]+)<")).isEqualTo(version);
		assertThat(only(pom, "<spring-ai.version>([^<]+)<")).isEqualTo(only(root, "<spring-ai.version>([^<]+)<"));
		assertThat(only(pom, "starter-parent</artifactId>\\s*<version>([^<]+)<"))
			.isEqualTo(only(root, "<spring-boot.version>([^<]+)<"));
	}

	@Test
	void exampleOfATestInContributingExists() throws IOException {
		String test = only(Pages.read(Pages.ROOT.resolve("CONTRIBUTING.md")), "-Dtest=(\\w+)");
		try (Stream<Path> files = Files.walk(Pages.ROOT.resolve("buddy-spring-boot-autoconfigure/src/test/java"))) {
			assertThat(files).anyMatch((file) -> file.endsWith(test + ".java"));
		}
	}

	private static String only(String text, String pattern) {
		return Pattern.compile(pattern).matcher(text).results().findFirst().orElseThrow().group(1);
	}

	private static String code() throws IOException {
		StringBuilder code = new StringBuilder();
		for (Path folder : List.of(Path.of("src"), QUICKSTART.resolve("src"),
				Pages.ROOT.resolve("buddy-spring-boot-autoconfigure/src/test/java/guide"))) {
			try (Stream<Path> files = Files.walk(folder)) {
				files.filter((file) -> file.toString().endsWith(".java"))
					.sorted()
					.forEach((file) -> code.append(normalized(Pages.read(file))).append('\n'));
			}
		}
		return code.toString();
	}

	/**
	 * White space says nothing, and neither does {@code static} before a nested class.
	 */
	private static String normalized(String code) {
		return code.replaceAll("(?m)^\\s*static (class|record) ", "$1 ").replaceAll("\\s+", " ").strip();
	}

}
