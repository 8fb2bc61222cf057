package buddy;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
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
			entry("json.internal", Set.of("json")), //
			entry("run", Set.of("json.internal")), //
			entry("run.internal", Set.of("run")), //
			entry("agent", Set.of("durable", "json", "json.internal", "run", "run.internal")), //
			entry("budget", Set.of("run")), //
			entry("budget.internal", Set.of("agent", "budget", "durable", "run", "workflow")), //
			entry("confirmation", Set.of("agent", "durable", "run", "workflow")), //
			entry("session", Set.of("json", "json.internal", "run")), //
			entry("storage", Set.of("json", "json.internal", "run", "session")), //
			entry("durable", Set.of("json.internal", "run", "storage")), //
			entry("durable.internal", Set.of("durable", "json", "json.internal", "run", "run.internal")), //
			entry("engine", Set.of()), //
			entry("engine.dbscheduler", Set.of("engine")), //
			entry("engine.temporal.internal", Set.of("engine")), //
			entry("event", Set.of("json.internal", "run", "storage")), //
			entry("memory", Set.of("durable", "run", "session", "storage")), //
			entry("session.internal", Set.of("json.internal", "run", "run.internal", "session", "storage")), //
			entry("storage.jpa",
					Set.of("budget", "durable", "engine", "event", "json.internal", "run", "run.internal", "session",
							"storage", "storage.codec")), //
			entry("storage.codec", Set.of("json.internal")), //
			entry("workflow", Set.of("durable", "json.internal", "memory", "run", "session", "storage")), //
			entry("actuate", Set.of("json.internal", "run", "session", "storage", "workflow")), //
			entry("mcp", Set.of("json.internal", "run", "workflow")), //
			entry("observability", Set.of("agent", "budget", "durable", "run", "storage", "workflow")), //
			entry("openapi", Set.of("json.internal", "workflow")), //
			entry("test",
					Set.of("agent", "durable", "durable.internal", "json.internal", "run", "run.internal", "session",
							"session.internal", "storage", "workflow", "workflow.internal.registry",
							"workflow.runner")), //
			entry("workflow.internal.definition", Set.of("json.internal", "workflow")), //
			entry("workflow.internal.live",
					Set.of("durable", "durable.internal", "json.internal", "run", "run.internal", "session", "storage",
							"workflow", "workflow.internal.definition")), //
			entry("workflow.internal.record",
					Set.of("json", "json.internal", "run", "session", "storage", "workflow",
							"workflow.internal.definition", "workflow.internal.live")), //
			entry("workflow.internal.execution",
					Set.of("durable", "durable.internal", "json.internal", "memory", "run", "run.internal", "session",
							"storage", "workflow", "workflow.internal.definition", "workflow.internal.live",
							"workflow.internal.record")), //
			entry("workflow.internal.result",
					Set.of("json.internal", "run", "run.internal", "workflow.internal.definition",
							"workflow.internal.execution", "workflow.internal.live")), //
			entry("workflow.runner",
					Set.of("durable", "engine", "run", "run.internal", "session", "storage", "workflow",
							"workflow.internal.definition", "workflow.internal.execution", "workflow.internal.live",
							"workflow.internal.registry", "workflow.internal.result")), //
			entry("workflow.internal.registry",
					Set.of("durable", "durable.internal", "engine", "json.internal", "run", "run.internal", "session",
							"storage", "storage.codec", "workflow", "workflow.internal.definition",
							"workflow.internal.live", "workflow.internal.result")), //
			entry("web",
					Set.of("budget", "durable", "event", "json", "json.internal", "run", "run.internal", "session",
							"storage", "storage.codec", "workflow", "workflow.internal.registry")), //
			entry("console", Set.of()), //
			entry("autoconfigure",
					Set.of("actuate", "agent", "budget", "budget.internal", "confirmation", "console", "durable",
							"durable.internal", "engine", "engine.dbscheduler", "engine.temporal.internal", "event",
							"json.internal", "mcp", "memory", "observability", "openapi", "run", "session",
							"session.internal", "storage", "storage.codec", "storage.jpa", "test", "web", "workflow",
							"workflow.internal.definition", "workflow.internal.registry", "workflow.runner")));

	private static final String[] CORE = { "buddy.json", "buddy.json.internal", "buddy.run", "buddy.run.internal",
			"buddy.agent", "buddy.budget", "buddy.budget.internal", "buddy.confirmation", "buddy.session",
			"buddy.storage", "buddy.durable", "buddy.durable.internal", "buddy.engine", "buddy.event", "buddy.memory",
			"buddy.session.internal", "buddy.workflow", "buddy.workflow.internal.definition",
			"buddy.workflow.internal.live", "buddy.workflow.internal.record", "buddy.workflow.internal.execution",
			"buddy.workflow.internal.result", "buddy.workflow.runner", "buddy.workflow.internal.registry" };

	/**
	 * Circles of three files and more that are one thing each. Two files that know each
	 * other are no matter; a new name here is a decision.
	 */
	private static final Set<Set<String>> KNOWN_CIRCLES = Set.of( //
			// the advisors and the tools of one call report back to it
			Set.of("agent.AgentCall", "agent.CallOptionsAdvisor", "agent.ModelCallAdvisor", "agent.RecordedTool"), //
			// Micrometer's documentation names its default convention, which uses its
			// keys
			Set.of("observability.BuddyObservation", "observability.DefaultAgentObservationConvention",
					"observability.DefaultRunObservationConvention", "observability.DefaultStepObservationConvention"), //
			// as in Boot's slices: the annotation names the classes that read it
			Set.of("test.WorkflowTest", "test.WorkflowTestContextBootstrapper", "test.WorkflowTypeExcludeFilter"));

	/**
	 * What writes down when something happened, shows how long ago that was, or deletes
	 * what is days old. No limit and no wait depends on it, but for budgets, whose days
	 * are those of the calendar.
	 */
	private static final Set<String> READS_THE_WALL_CLOCK = Set.of("actuate.BuddyHealthIndicator",
			"actuate.BuddyWorkflowsEndpoint", "agent.AgentCall", "autoconfigure.ClockJumps",
			"budget.internal.BudgetLedger", "budget.internal.DefaultBudgets", "durable.MapRunWaits",
			"durable.internal.StepExecutor", "event.EventRetention", "run.internal.RunIds",
			"session.internal.SessionDocuments", "storage.AuditRetention", "storage.AuditTrail",
			"storage.SessionRetention", "web.StatsRoutes", "workflow.internal.execution.RunContinuing",
			"workflow.internal.execution.RunEvents", "workflow.internal.execution.RunLeave",
			"workflow.internal.execution.RunStarting", "workflow.internal.live.LiveRuns",
			"workflow.internal.live.OrphanSweep", "workflow.internal.live.PausedRunEnd",
			"workflow.internal.record.RunRecorder", "workflow.internal.registry.ContinuedRuns",
			"workflow.internal.registry.QueuedRuns", "workflow.internal.registry.RunRecovery",
			"workflow.internal.registry.RunCancelling");

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
	private static final int CLASSES_AT_LEAST = 400;

	/** The same for files that need others. */
	private static final int FILES_AT_LEAST = 300;

	/** Imported once for all tests that look at it. */
	static final JavaClasses library = importLibrary();

	/** Without the insides of other libraries, which no rule looks at. */
	private static JavaClasses importLibrary() {
		ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
		return new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("buddy");
	}

	@Test
	void libraryIsSeen() {
		assertThat(library.stream().toList()).hasSizeGreaterThanOrEqualTo(CLASSES_AT_LEAST);
	}

	@Test
	void packagesUseOnlyWhatTheTableAllows() {
		classes().should(followTheArrows()).allowEmptyShould(true).check(library);
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
			.check(library);
	}

	@Test
	void filesOfAPackageHaveNoCirclesButTheKnown() {
		Map<String, Set<String>> files = new TreeMap<>();
		library.forEach((type) -> type.getDirectDependenciesFromSelf()
			.stream()
			.map((dependency) -> dependency.getTargetClass().getBaseComponentType())
			.filter((target) -> inBuddy(target) && !file(target).equals(file(type)))
			.forEach((target) -> files.computeIfAbsent(file(type), (name) -> new TreeSet<>()).add(file(target))));
		assertThat(files.size()).isGreaterThanOrEqualTo(FILES_AT_LEAST);
		assertThat(circles(files)).as("files that need each other: turn one of the arrows round, or put them into one")
			.isEqualTo(KNOWN_CIRCLES);
	}

	@Test
	void circlesAreSeen() {
		assertThat(circles(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("a", "d"), "d", Set.of("e"))))
			.containsExactly(Set.of("a", "b", "c"));
	}

	@Test
	void apiOfWorkflowsKnowsNothingOfTheMachineryBehindIt() {
		noClasses().that()
			.resideInAPackage("buddy.workflow")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("buddy.workflow.internal..", "buddy.workflow.runner..")
			.because("what users import stays small: an interface here, what is behind it below internal")
			.check(library);
	}

	@Test
	void rootPackageHoldsNoType() {
		noClasses().should()
			.resideInAPackage("buddy")
			.because("every type has a package with one charge")
			.allowEmptyShould(true)
			.check(library);
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
			.check(library);
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
			.check(library);
	}

	@Test
	void coreSeesNoBootNoPersistenceNoWebNoMicrometer() {
		noClasses().that()
			.resideInAnyPackage(CORE)
			.should()
			.dependOnClassesThat(resideInAnyPackage(EDGE_LIBRARIES))
			.because("the core is plain Java and Spring: an adapter package speaks to the technology")
			.allowEmptyShould(true)
			.check(library);
	}

	@Test
	void packagesAreNullMarked() {
		classes().should(liveInANullMarkedPackage()).allowEmptyShould(true).check(library);
	}

	@Test
	void nothingIsAStereotype() {
		noClasses().should()
			.beAnnotatedWith(DescribedPredicate.describe("a stereotype",
					(annotation) -> STEREOTYPES.contains(annotation.getRawType().getName())))
			.because("a library is not scanned: its beans come by @Bean and @Import")
			.allowEmptyShould(true)
			.check(library);
	}

	@Test
	void elapsedTimeIsNotTakenFromTheWallClock() {
		noClasses()
			.that(DescribedPredicate.describe("do not write down when something happened",
					(type) -> !READS_THE_WALL_CLOCK.contains(file(type))))
			.should()
			.callMethodWhere(
					DescribedPredicate.describe("the wall clock is read", ArchitectureTests::readsTheWallClock))
			.because("somebody may set it: what waits or has a limit counts by System.nanoTime(), or by the"
					+ " database's clock")
			.check(library);
	}

	@Test
	void everyClassThatMayReadTheWallClockDoes() {
		Set<String> reading = library.stream()
			.filter((type) -> type.getMethodCallsFromSelf().stream().anyMatch(ArchitectureTests::readsTheWallClock))
			.map(ArchitectureTests::file)
			.collect(Collectors.toSet());
		assertThat(reading).isEqualTo(READS_THE_WALL_CLOCK);
	}

	private static boolean readsTheWallClock(JavaMethodCall call) {
		JavaClass owner = call.getTargetOwner();
		String name = call.getName();
		return owner.isAssignableTo(Clock.class) && Set.of("millis", "instant").contains(name)
				|| owner.isEquivalentTo(System.class) && name.equals("currentTimeMillis")
				|| owner.getPackageName().equals("java.time") && name.equals("now");
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

	/** The files that reach each other, where they are more than two. */
	private static Set<Set<String>> circles(Map<String, Set<String>> files) {
		Map<String, Set<String>> reached = new TreeMap<>();
		files.keySet().forEach((file) -> reached.put(file, reached(file, files)));
		return files.keySet()
			.stream()
			.map((file) -> reached.get(file)
				.stream()
				.filter((other) -> reached.getOrDefault(other, Set.of()).contains(file))
				.collect(Collectors.toSet()))
			.filter((circle) -> circle.size() > 2)
			.collect(Collectors.toSet());
	}

	private static Set<String> reached(String file, Map<String, Set<String>> files) {
		Set<String> reached = new HashSet<>();
		Deque<String> next = new ArrayDeque<>(files.get(file));
		while (!next.isEmpty()) {
			String one = next.pop();
			if (reached.add(one)) {
				next.addAll(files.getOrDefault(one, Set.of()));
			}
		}
		return reached;
	}

	private static String file(JavaClass type) {
		return type.getName().replaceFirst("^buddy\\.", "").replaceFirst("\\$.*", "");
	}

	private static boolean inBuddy(JavaClass type) {
		return List.of(type.getPackageName().split("\\.")).get(0).equals("buddy");
	}

	private static String nameInBuddy(JavaClass type) {
		return type.getPackageName().replaceFirst("^buddy\\.?", "");
	}

}
