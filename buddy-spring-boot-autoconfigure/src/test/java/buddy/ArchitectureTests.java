package buddy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static java.util.Map.entry;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The layout of the library: which package may use which, and what the core must not see.
 * A new package gets a line in {@link #ARROWS}; a new arrow is a decision that belongs
 * into {@code src/docs/design}.
 */
class ArchitectureTests {

	/** Package of {@code buddy} to the packages of {@code buddy} that it may use. */
	private static final Map<String, Set<String>> ARROWS = Map.ofEntries( //
			entry("json", Set.of()), //
			entry("run", Set.of("json")), //
			entry("session", Set.of("run", "json")), //
			entry("memory", Set.of("run", "session", "json")), //
			entry("event", Set.of("run", "session", "json")), //
			entry("agent", Set.of("run", "json")), //
			entry("workflow", Set.of("run", "session", "memory", "json")), //
			entry("workflow.aop", Set.of("workflow", "run")), //
			entry("storage.jpa", Set.of("run", "session", "event", "json")), //
			entry("web", Set.of("json", "run", "session", "memory", "event", "workflow")), //
			entry("observability", Set.of("run", "agent", "workflow")), //
			entry("actuate", Set.of("json", "run", "session", "workflow")), //
			entry("openapi", Set.of("workflow", "json")), //
			entry("mcp", Set.of("run", "workflow", "json")), //
			entry("test", Set.of("run", "session", "agent", "workflow", "json")), //
			entry("autoconfigure", Set.of("json", "run", "session", "memory", "agent", "workflow", "workflow.aop",
					"storage.jpa", "event", "web", "observability", "actuate", "openapi", "mcp", "test")));

	private static final String[] CORE = { "buddy.json", "buddy.run", "buddy.session", "buddy.memory", "buddy.event",
			"buddy.agent", "buddy.workflow" };

	/** No core package sees these: they are the edges' business. */
	private static final String[] EDGE_LIBRARIES = { "org.springframework.boot..", "org.springframework.data..",
			"org.springframework.orm..", "org.springframework.jdbc..", "jakarta.persistence..", "org.hibernate..",
			"org.springframework.web..", "org.springframework.http..", "jakarta.servlet..", "io.micrometer.core..",
			"io.micrometer.observation..", "io.micrometer.tracing..", "org.flywaydb.." };

	private static final Set<String> STEREOTYPES = Set.of("org.springframework.stereotype.Component",
			"org.springframework.stereotype.Service", "org.springframework.stereotype.Repository",
			"org.springframework.stereotype.Controller", "org.springframework.stereotype.Indexed",
			"org.springframework.web.bind.annotation.RestController",
			"org.springframework.web.bind.annotation.ControllerAdvice",
			"org.springframework.web.bind.annotation.RestControllerAdvice");

	/**
	 * Below this the import has lost its way, and every rule here would pass on nothing.
	 */
	private static final int CLASSES_AT_LEAST = 150;

	private final JavaClasses library = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("buddy");

	@Test
	void libraryIsSeen() {
		assertThat(this.library.stream().toList()).hasSizeGreaterThanOrEqualTo(CLASSES_AT_LEAST);
	}

	@Test
	void packagesUseOnlyWhatTheTableAllows() {
		classes().should(followTheArrows()).allowEmptyShould(true).check(this.library);
	}

	@Test
	void everyNameInTheTableIsAPackageOfTheTable() {
		Set<String> named = new HashSet<>();
		ARROWS.values().forEach(named::addAll);
		assertThat(ARROWS.keySet()).containsAll(named);
	}

	@Test
	void packagesHaveNoCircles() {
		slices().matching("buddy.(**)")
			.should()
			.beFreeOfCycles()
			.because("two packages that need each other are one package, or the shared part belongs below both")
			.allowEmptyShould(true)
			.check(this.library);
	}

	@Test
	void rootPackageHoldsNoType() {
		noClasses().should()
			.resideInAPackage("buddy")
			.because("every type has a package with one charge")
			.allowEmptyShould(true)
			.check(this.library);
	}

	@Test
	void nothingDependsOnAutoConfiguration() {
		noClasses().that()
			.resideOutsideOfPackage("buddy.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("buddy.autoconfigure..")
			.because("the auto-configuration is the outermost edge: hand the value in, as a plain type")
			.allowEmptyShould(true)
			.check(this.library);
	}

	@Test
	void onlyAgentSeesSpringAi() {
		noClasses().that()
			.resideOutsideOfPackages("buddy.agent..", "buddy.test..", "buddy.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.ai..")
			.because("Spring AI is optional, and workflows work without it")
			.allowEmptyShould(true)
			.check(this.library);
	}

	@Test
	void coreSeesNoBootNoPersistenceNoWebNoMicrometer() {
		noClasses().that()
			.resideInAnyPackage(CORE)
			.should()
			.dependOnClassesThat(resideInAnyPackage(EDGE_LIBRARIES))
			.because("the core is plain Java and Spring: an adapter package speaks to the technology")
			.allowEmptyShould(true)
			.check(this.library);
	}

	@Test
	void packagesAreNullMarked() {
		classes().should(liveInANullMarkedPackage()).allowEmptyShould(true).check(this.library);
	}

	@Test
	void nothingIsAStereotype() {
		noClasses().should()
			.beAnnotatedWith(DescribedPredicate.describe("a stereotype",
					(annotation) -> STEREOTYPES.contains(annotation.getRawType().getName())))
			.because("a library is not scanned: its beans come by @Bean and @Import")
			.allowEmptyShould(true)
			.check(this.library);
	}

	private static ArchCondition<JavaClass> followTheArrows() {
		return new ArchCondition<>("use only the packages that ARROWS allows") {
			@Override
			public void check(JavaClass type, ConditionEvents events) {
				String from = nameInBuddy(type);
				Set<String> allowed = ARROWS.get(from);
				if (allowed == null) {
					events.add(SimpleConditionEvent.violated(type, "Package buddy." + from + " of " + type.getName()
							+ " has no line in ArchitectureTests.ARROWS: add one, with what it may use"));
					return;
				}
				type.getDirectDependenciesFromSelf()
					.stream()
					.filter((dependency) -> inBuddy(dependency.getTargetClass()))
					.filter((dependency) -> !nameInBuddy(dependency.getTargetClass()).equals(from))
					.filter((dependency) -> !allowed.contains(nameInBuddy(dependency.getTargetClass())))
					.forEach(
							(dependency) -> events.add(SimpleConditionEvent.violated(type, "buddy." + from + " may use "
									+ new TreeSet<>(allowed) + " of buddy only: " + dependency.getDescription())));
			}
		};
	}

	private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
		return new ArchCondition<>("live in a package that is @NullMarked") {
			@Override
			public void check(JavaClass type, ConditionEvents events) {
				boolean marked = type.getPackage()
					.tryGetPackageInfo()
					.filter((info) -> info.isAnnotatedWith(NullMarked.class))
					.isPresent();
				if (!marked) {
					events.add(SimpleConditionEvent.violated(type,
							type.getName() + ": package-info.java of its package lacks @NullMarked"));
				}
			}
		};
	}

	private static boolean inBuddy(JavaClass type) {
		return List.of(type.getPackageName().split("\\.")).get(0).equals("buddy");
	}

	private static String nameInBuddy(JavaClass type) {
		return type.getPackageName().replaceFirst("^buddy\\.?", "");
	}

}
