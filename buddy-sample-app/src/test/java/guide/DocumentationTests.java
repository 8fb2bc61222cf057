package guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every piece of Java in README and guide stands in code that this module compiles.
 */
class DocumentationTests {

	private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	private static final Pattern JAVA = Pattern.compile("(?ms)^```java\\n(.*?)^```$");

	@TestFactory
	Stream<DynamicTest> everyJavaBlockIsCompiledCode() throws IOException {
		String code = code();
		return documents().flatMap((document) -> blocks(document).stream()
			.map((block) -> DynamicTest.dynamicTest(
					ROOT.relativize(document) + ": " + block.strip().lines().findFirst().orElse(""),
					() -> assertThat(code)
						.as("a block in %s that no compiled source of the sample contains; put it into "
								+ "guide.GuideSnippets or correct it:%n%s", ROOT.relativize(document), block)
						.contains(normalized(block)))));
	}

	@Test
	void commandsOfTheReadmeAreTheFirstTwoOfTheirKind() throws IOException {
		List<String> commands = Files.readAllLines(ROOT.resolve("README.md"))
			.stream()
			.filter((line) -> line.startsWith("./mvnw"))
			.toList();
		assertThat(commands).hasSize(2);
		assertThat(commands.get(0)).contains("spring-boot:run").contains("buddy-sample-app");
		assertThat(commands.get(1)).isEqualTo("./mvnw verify");
	}

	private static Stream<Path> documents() throws IOException {
		List<Path> documents;
		try (Stream<Path> files = Files.walk(ROOT.resolve("src/docs"))) {
			documents = files.filter((file) -> file.toString().endsWith(".md")).sorted().toList();
		}
		return Stream.concat(Stream.of(ROOT.resolve("README.md")), documents.stream());
	}

	private static List<String> blocks(Path document) {
		return JAVA.matcher(read(document)).results().map((match) -> match.group(1)).toList();
	}

	private static String code() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src"))) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.sorted()
				.map((file) -> normalized(read(file)))
				.reduce("", (one, other) -> one + "\n" + other);
		}
	}

	/**
	 * White space says nothing, and neither does {@code static} before a nested class.
	 */
	private static String normalized(String code) {
		return code.replaceAll("(?m)^\\s*static (class|record) ", "$1 ").replaceAll("\\s+", " ").strip();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
