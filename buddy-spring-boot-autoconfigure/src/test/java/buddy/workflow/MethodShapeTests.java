package buddy.workflow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.run.WorkflowRun;
import buddy.workflow.internal.definition.WorkflowDefinition;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.shape.Shapes;
import buddy.workflow.shape.other.Elsewhere;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * A run that is inherited, overridden, generic or behind a bridge of the compiler is
 * found and recorded once; two that could be meant are refused.
 */
class MethodShapeTests {

	private final Recorded recorded = new Recorded();

	static List<Arguments> accepted() {
		return List.of(arguments(new Shapes.OfHiddenBase(), "a", "base a"),
				arguments(new Shapes.OfGenericMiddle(), "a", "base a"),
				arguments(new Shapes.OverridingHidden(), "a", "own a"),
				arguments(new Shapes.OverridingBelow(), "a", "below a"),
				arguments(new Shapes.OfLists(), List.of("a", "b"), "base [a, b]"),
				arguments(new Shapes.OfPlainHidden(), "a", "plain a"), arguments(new Shapes.OfAsync(), "a", "async a"),
				arguments(new Shapes.OfInterface(), "a", "template a"),
				arguments(new Shapes.OfGenericInterface(), "a", "implemented a"),
				arguments(new Shapes.OverridingDefault(), "a", "own a"),
				arguments(new Shapes.InheritedForInterface(), "a", "plain a"),
				arguments(new Shapes.CovariantBelow(), "a", "own a"), arguments(new Shapes.GenericMethod(), "a", "a"),
				arguments(new Elsewhere.OfGuarded(), "a", "guarded a"),
				arguments(new Elsewhere.OfOfHidden(), "a", "base a"),
				arguments(new Elsewhere.BesideUnseen(), "a", "own a"));
	}

	@ParameterizedTest
	@MethodSource("accepted")
	void runIsRecordedOnce(Workflow workflow, Object input, Object content) throws Throwable {
		RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());
		workflows.register("it", this.recorded.proxy(workflow));
		WorkflowRegistry registry = new DefaultWorkflowRegistry(workflows);
		Map<String, Object> named = new LinkedHashMap<>();
		List<String> names = registry.workflows()
			.get(0)
			.parameters()
			.stream()
			.map(WorkflowDescriptor.InputParameter::name)
			.toList();
		named.put(names.get(0), "s");
		named.put(names.get(1), input);
		registry.run(workflow.workflowId(), named);
		WorkflowRun run = this.recorded.onlyRun("s");
		assertThat(run.response().content()).isEqualTo(content);
		assertThat(run.input()).isEqualTo(Map.of(names.get(1), input));
	}

	@ParameterizedTest
	@MethodSource("accepted")
	void typesAreThoseOfTheSubclass(Workflow workflow, Object input, Object content) {
		Class<?> expected = (input instanceof List<?>) ? List.class
				: (workflow instanceof Shapes.OfPlainHidden || workflow instanceof Shapes.InheritedForInterface)
						? Object.class : (workflow instanceof Shapes.GenericMethod) ? CharSequence.class : String.class;
		assertThat(WorkflowDefinition.of(workflow).descriptor().parameters().get(1).type())
			.satisfies((type) -> assertThat(org.springframework.core.ResolvableType.forType(type).toClass())
				.isEqualTo(expected));
	}

	@ParameterizedTest
	@ValueSource(classes = { Shapes.BesideHidden.class, Shapes.BesideHiddenGeneric.class, Shapes.BesideMiddle.class,
			Shapes.BesideDefault.class })
	void secondRunThatIsInheritedIsRefused(Class<? extends Workflow> type) {
		assertThatExceptionOfType(InvalidWorkflowException.class).isThrownBy(() -> RegisteredWorkflows.check(type))
			.withMessageContaining("2 methods named run")
			.withMessageContaining("Integer");
	}

	@Test
	void runThatNoProxyCanOverrideIsRefused() {
		assertThatExceptionOfType(InvalidWorkflowException.class)
			.isThrownBy(() -> RegisteredWorkflows.check(Elsewhere.OfUnseen.class))
			.withMessageContaining("package-private in " + Shapes.Unseen.class.getName())
			.withMessageContaining("public or protected");
		assertThatExceptionOfType(InvalidWorkflowException.class)
			.isThrownBy(() -> RegisteredWorkflows.check(Shapes.OnlyDefault.class))
			.withMessageContaining("default method");
	}

	@Test
	void suspendFunctionIsRefused() {
		assertThatExceptionOfType(InvalidWorkflowException.class)
			.isThrownBy(() -> RegisteredWorkflows.check(Elsewhere.Suspending.class))
			.withMessageContaining("suspend");
	}

}
