package buddy.workflow.internal.definition;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.ParallelFlux;

import buddy.run.RunResponse;
import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.Recorded;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor.InputParameter;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.Workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which methods are runs, and which classes are refused.
 */
class WorkflowMethodsTests {

	private final Recorded recorded = new Recorded();

	@ParameterizedTest
	@ValueSource(classes = { NoRun.class, TwoRuns.class, FinalRun.class, PrivateRun.class, StaticRun.class,
			FinalClass.class, PrivateClass.class, PlainFuture.class, OwnFuture.class, IntegerStream.class,
			Backwards.class, Parallel.class, AbstractRun.class, TwoOfAName.class })
	void misuseIsRefusedSayingWhatWhereAndWhatToDo(Class<? extends Workflow> type) {
		assertThatExceptionOfType(InvalidWorkflowException.class).isThrownBy(() -> RegisteredWorkflows.check(type))
			.satisfies((ex) -> {
				assertThat(ex.subject()).contains(type.getName());
				assertThat(ex.problem()).isNotBlank().doesNotEndWith(".");
				assertThat(ex.action()).endsWith(".");
				assertThat(ex).hasMessage(ex.subject() + " cannot be recorded: " + ex.problem() + ". " + ex.action());
				assertThat(ex.ofBean("myBean").getMessage()).contains("'myBean'").contains(type.getName());
			});
	}

	@Test
	void proxyAndRunnerRefuseThemToo() {
		assertThatExceptionOfType(InvalidWorkflowException.class).isThrownBy(() -> Workflows.proxy(new NoRun()));
		assertThatExceptionOfType(InvalidWorkflowException.class)
			.isThrownBy(() -> this.recorded.runner(this.recorded.repository).build().run(new NoRun()));
	}

	@Test
	void messagesNameTheFault() {
		assertThat(problem(NoRun.class)).contains("neither run(...) nor arun(...)");
		assertThat(problem(TwoRuns.class)).contains("2 methods named run").contains("int").contains("String");
		assertThat(problem(FinalRun.class)).contains("final");
		assertThat(problem(PrivateRun.class)).contains("private");
		assertThat(problem(StaticRun.class)).contains("static");
		assertThat(problem(FinalClass.class)).contains("class is final");
		assertThat(problem(PrivateClass.class)).contains("class is private");
		assertThat(problem(PlainFuture.class)).contains("plain Future");
		assertThat(problem(OwnFuture.class)).contains("OwnCompletableFuture");
		assertThat(problem(IntegerStream.class)).contains("IntStream");
		assertThat(problem(Parallel.class)).contains("ParallelFlux");
		assertThat(problem(TwoOfAName.class)).contains("two parameters").contains("'city'");
	}

	@Test
	void parameterHasTheNameThatJsonPropertyGivesIt() {
		assertThat(WorkflowMethods.of(Renamed.class).main().parameters()).extracting(InputParameter::name)
			.containsExactly("first_name", "age", "city");
	}

	@Test
	void classWithoutParameterNamesIsRefused(@TempDir Path directory) throws Exception {
		String source = "package sample; public class Nameless extends buddy.workflow.Workflow {"
				+ " public String run(String topic) { return topic; } }";
		try (URLClassLoader loader = compiled(directory, "sample.Nameless", source)) {
			Class<? extends Workflow> type = loader.loadClass("sample.Nameless").asSubclass(Workflow.class);
			assertThatExceptionOfType(InvalidWorkflowException.class).isThrownBy(() -> RegisteredWorkflows.check(type))
				.withMessageContaining("sample.Nameless")
				.withMessageContaining("-parameters");
		}
	}

	@Test
	void runWithoutParametersNeedsNoNames(@TempDir Path directory) throws Exception {
		String source = "package sample; public class Bare extends buddy.workflow.Workflow {"
				+ " public String run() { return \"x\"; } }";
		try (URLClassLoader loader = compiled(directory, "sample.Bare", source)) {
			RegisteredWorkflows.check(loader.loadClass("sample.Bare").asSubclass(Workflow.class));
		}
	}

	@Test
	void genericRunIsRecordedThroughItsBridge() {
		Generic generic = this.recorded.proxy(new Generic());
		Base<String, RunResponse> base = generic;
		assertThat(base.run("s", "x").content()).isEqualTo("x");
		assertThat(this.recorded.onlyRun("s").input()).isEqualTo(Map.of("input", "x"));
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("x");
		Concrete concrete = this.recorded.proxy(new Concrete());
		ConcreteBase<Integer> concreteBase = concrete;
		assertThat(concreteBase.run("s2", 2)).isEqualTo("own 2");
		assertThat(this.recorded.onlyRun("s2").response().content()).isEqualTo("own 2");
	}

	@Test
	void inheritedRunOfAGenericBaseIsReadWithTheSubclassesTypes() throws Throwable {
		RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());
		workflows.register("inherited", this.recorded.proxy(new Inherited()));
		WorkflowRegistry registry = new DefaultWorkflowRegistry(workflows);
		assertThat(registry.run("inherited", Map.of("sessionId", "s", "input", Map.of("name", "Oslo"))))
			.isEqualTo("base City[name=Oslo]");
	}

	@Test
	void runOfAnInterfaceIsRecordedWhereTheClassHasItToo() {
		assertThatExceptionOfType(InvalidWorkflowException.class)
			.isThrownBy(() -> this.recorded.proxy(new FromInterface()))
			.withMessageContaining("default method of " + Contract.class.getName());
		Overriding overriding = this.recorded.proxy(new Overriding());
		assertThat(overriding.run("s2", "x")).isEqualTo("own x");
		assertThat(this.recorded.onlyRun("s2").response().content()).isEqualTo("own x");
	}

	@Test
	void varargsAndProtectedAndPackagePrivateRunsAreRecorded() {
		Many many = this.recorded.proxy(new Many());
		assertThat(many.run("s", "a", "b")).isEqualTo(2);
		assertThat(many.run("s")).isEqualTo(0);
		assertThat(this.recorded.runs("s")).extracting((run) -> run.input().get("texts"))
			.containsExactly(List.of("a", "b"), List.of());
		Protected guarded = this.recorded.proxy(new Protected());
		assertThat(guarded.run("p")).isEqualTo("p");
		assertThat(this.recorded.onlyRun("p").response().content()).isEqualTo("p");
	}

	@Test
	void otherMethodsAreNoRuns() {
		Many many = this.recorded.proxy(new Many());
		assertThat(many.describe()).isEqualTo("plain");
		assertThat(many.name()).isEqualTo("Many");
		assertThat(many.workflowId()).isEqualTo("many");
		assertThat(this.recorded.events).isEmpty();
	}

	@Test
	void idComesFromTheClassName() {
		assertThat(new ResearchHTTPAgentWorkflow().workflowId()).isEqualTo("research-http-agent");
		assertThat(new ResearchHTTPAgentWorkflow().name()).isEqualTo("ResearchHTTPAgentWorkflow");
		assertThat(new ResearchHTTPAgentWorkflow().description()).isEmpty();
		Workflow anonymous = new Workflow() {
			@SuppressWarnings("unused")
			void run() {
			}
		};
		assertThatExceptionOfType(InvalidWorkflowException.class).isThrownBy(anonymous::workflowId)
			.withMessageContaining("workflowId");
	}

	private static String problem(Class<? extends Workflow> type) {
		try {
			RegisteredWorkflows.check(type);
			return "";
		}
		catch (InvalidWorkflowException ex) {
			return ex.problem();
		}
	}

	private static URLClassLoader compiled(Path directory, String name, String source) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		URI uri = URI.create("string:///" + name.replace('.', '/') + ".java");
		SimpleJavaFileObject file = new SimpleJavaFileObject(uri, SimpleJavaFileObject.Kind.SOURCE) {
			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return source;
			}
		};
		Files.createDirectories(directory);
		List<String> options = List.of("-d", directory.toString(), "-g:none", "-proc:none", "-classpath",
				System.getProperty("java.class.path"));
		assertThat(compiler.getTask(null, null, null, options, null, List.of(file)).call()).isTrue();
		return new URLClassLoader(new URL[] { directory.toUri().toURL() }, Workflow.class.getClassLoader());
	}

	record City(String name) {
	}

	static class NoRun extends Workflow {

	}

	static class TwoRuns extends Workflow {

		String run(int number) {
			return "";
		}

		String run(String text) {
			return "";
		}

	}

	static class FinalRun extends Workflow {

		final String run() {
			return "";
		}

	}

	static class PrivateRun extends Workflow {

		@SuppressWarnings("unused")
		private String run() {
			return "";
		}

	}

	static class StaticRun extends Workflow {

		static String run() {
			return "";
		}

	}

	static final class FinalClass extends Workflow {

		String run() {
			return "";
		}

	}

	private static class PrivateClass extends Workflow {

		@SuppressWarnings("unused")
		String run() {
			return "";
		}

	}

	static class PlainFuture extends Workflow {

		Future<String> run() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class OwnCompletableFuture extends CompletableFuture<String> {

	}

	static class OwnFuture extends Workflow {

		OwnCompletableFuture run() {
			return new OwnCompletableFuture();
		}

	}

	static class IntegerStream extends Workflow {

		IntStream run() {
			return IntStream.of(1);
		}

	}

	static class Backwards extends Workflow {

		ListIterator<String> run() {
			return new ArrayList<String>().listIterator();
		}

	}

	static class Parallel extends Workflow {

		ParallelFlux<String> run() {
			return Flux.just("a").parallel();
		}

	}

	abstract static class AbstractRun extends Workflow {

		abstract Iterator<String> run();

	}

	abstract static class Base<I, O> extends Workflow {

		abstract O run(@SessionId String sessionId, I input);

	}

	static class Generic extends Base<String, RunResponse> {

		@Override
		RunResponse run(@SessionId String sessionId, String input) {
			return RunResponse.of(input);
		}

	}

	abstract static class ConcreteBase<I> extends Workflow {

		String run(@SessionId String sessionId, I input) {
			return "base " + input;
		}

	}

	static class Concrete extends ConcreteBase<Integer> {

		@Override
		String run(@SessionId String sessionId, Integer input) {
			return "own " + input;
		}

	}

	static class Inherited extends ConcreteBase<City> {

	}

	interface Contract {

		default String run(@SessionId String sessionId, String text) {
			return "default " + text;
		}

	}

	static class FromInterface extends Workflow implements Contract {

	}

	static class Overriding extends Workflow implements Contract {

		@Override
		public String run(@SessionId String sessionId, String text) {
			return "own " + text;
		}

	}

	static class Many extends Workflow {

		int run(@SessionId String sessionId, String... texts) {
			return texts.length;
		}

		String describe() {
			return "plain";
		}

	}

	static class Protected extends Workflow {

		protected String run(@SessionId String sessionId) {
			return sessionId;
		}

	}

	static class Renamed extends Workflow {

		String run(@JsonProperty("first_name") String firstName, @JsonProperty int age,
				@JsonProperty(index = 1) String city) {
			return firstName;
		}

	}

	static class TwoOfAName extends Workflow {

		String run(String city, @JsonProperty("city") String other) {
			return city + other;
		}

	}

	static class ResearchHTTPAgentWorkflow extends Workflow {

		void run() {
		}

	}

}
