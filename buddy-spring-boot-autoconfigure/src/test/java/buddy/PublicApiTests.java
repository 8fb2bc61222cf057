package buddy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What applications can use: every public type outside of the packages called
 * {@code internal}, with its public and protected members. The list is kept in a file, so
 * that a change of it is seen and decided.
 */
class PublicApiTests {

	private static final Path LIST = Path.of("src/test/resources/buddy/public-api.txt");

	private static final Path ACTUAL = Path.of("target/public-api.txt");

	/**
	 * Public for buddy's own packages only, as their Javadoc says. An entry is a decision
	 * too: a package called {@code internal} is the better place where it is possible.
	 */
	private static final Set<String> NOT_FOR_APPLICATIONS = Set.of("buddy.run.Payloads", "buddy.run.RunContextHolder",
			"buddy.session.Ids", "buddy.session.SessionShape", "buddy.workflow.WorkflowInternals");

	@Test
	void publicApiIsTheOneThatWasDecided() throws IOException {
		List<String> actual = publicApi();
		Files.createDirectories(ACTUAL.getParent());
		Files.write(ACTUAL, actual);
		List<String> decided = Files.exists(LIST) ? Files.readAllLines(LIST) : List.of();
		assertThat(minus(actual, decided)).as(advice("has more than the list")).isEmpty();
		assertThat(minus(decided, actual)).as(advice("lacks what the list has")).isEmpty();
		assertThat(actual).as(advice("is in another order than the list")).isEqualTo(decided);
	}

	@Test
	void everyTypeThatIsLeftOutIsThere() {
		assertThat(ArchitectureTests.library.stream().map(JavaClass::getName)).containsAll(NOT_FOR_APPLICATIONS);
	}

	/**
	 * Stores give and take milliseconds, as their columns do; applications never do.
	 */
	@Test
	void timesOfApplicationsAreInstants() {
		assertThat(publicApi().stream().filter((line) -> !line.matches("buddy\\.(storage|durable)\\..*")))
			.noneMatch((line) -> line.matches(".* (?i:long) (at|from|to|\\w+At|\\w+(Millis|Seconds))\\(\\)"));
	}

	private static String advice(String difference) {
		return "The public API " + difference + ". If nobody but buddy is to use it, make it package-private, or move"
				+ " it to an internal package. If the change is wanted, say in the changelog what users do, and accept"
				+ " it from the module's directory: cp " + ACTUAL + " " + LIST;
	}

	private static List<String> minus(List<String> lines, List<String> others) {
		Set<String> known = Set.copyOf(others);
		return lines.stream().filter((line) -> !known.contains(line)).toList();
	}

	private static List<String> publicApi() {
		return ArchitectureTests.library.stream()
			.filter(PublicApiTests::isApi)
			.sorted(Comparator.comparing(JavaClass::getName))
			.flatMap((type) -> Stream.concat(Stream.of(head(type)), members(type)))
			.toList();
	}

	private static boolean isApi(JavaClass type) {
		if (Arrays.asList(type.getPackageName().split("\\.")).contains("internal")
				|| type.getSimpleName().equals("package-info") || NOT_FOR_APPLICATIONS.contains(type.getName())) {
			return false;
		}
		Optional<JavaClass> around = type.getEnclosingClass();
		return isOpen(type.getModifiers()) && (around.isEmpty() || isApi(around.get()));
	}

	private static boolean isOpen(Set<JavaModifier> modifiers) {
		return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
				&& !modifiers.contains(JavaModifier.SYNTHETIC);
	}

	private static String head(JavaClass type) {
		String kind = type.isAnnotation() ? "annotation"
				: type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
		boolean abstractClass = kind.equals("class") && type.getModifiers().contains(JavaModifier.ABSTRACT);
		String above = Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
			.map(JavaClass::getName)
			.filter((name) -> !name.startsWith("java.lang."))
			.sorted()
			.collect(Collectors.joining(", "));
		return (abstractClass ? "abstract " : "") + kind + " " + type.getName()
				+ (above.isEmpty() ? "" : " : " + above);
	}

	private static Stream<String> members(JavaClass type) {
		return type.getMembers()
			.stream()
			.filter((member) -> isOpen(member.getModifiers()))
			.map((member) -> type.getName() + " " + description(member))
			.collect(Collectors.toCollection(TreeSet::new))
			.stream();
	}

	private static String description(JavaMember member) {
		String modifiers = (member.getModifiers().contains(JavaModifier.PROTECTED) ? "protected " : "")
				+ (member.getModifiers().contains(JavaModifier.STATIC) ? "static " : "");
		if (member instanceof JavaField field) {
			return modifiers + name(field.getType()) + " " + field.getName();
		}
		if (member instanceof JavaConstructor constructor) {
			return modifiers + "new" + parameters(constructor);
		}
		JavaMethod method = (JavaMethod) member;
		return modifiers + name(method.getReturnType()) + " " + method.getName() + parameters(method);
	}

	private static String parameters(JavaCodeUnit code) {
		return code.getParameterTypes().stream().map(PublicApiTests::name).collect(Collectors.joining(", ", "(", ")"));
	}

	private static String name(JavaType type) {
		return type.toErasure().getName().replaceFirst("^java\\.(lang|util|time)\\.(?=[A-Z])", "");
	}

}
