package buddy.workflow;

import java.io.InputStream;
import java.io.Reader;
import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import javax.sql.DataSource;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpEntity;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.web.multipart.MultipartFile;

import buddy.workflow.internal.definition.InputBinder;
import buddy.workflow.internal.definition.RunMethod;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A workflow that needs what no input can give is not published, and is not called with
 * {@code null} instead; from Java it works.
 */
class UnsuppliedParameterTests {

	static List<RunMethod> needing() {
		return methods(Needing.class);
	}

	static List<RunMethod> content() {
		return methods(Content.class);
	}

	@ParameterizedTest
	@MethodSource("needing")
	void isNotPublished(RunMethod method) {
		WorkflowDescriptor descriptor = descriptor(method);
		assertThat(descriptor.unsuppliedParameters()).extracting(WorkflowDescriptor.InputParameter::name)
			.containsExactly("value");
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> new InputBinder("it", method).bind(Map.of("text", "a")))
			.withMessageContaining("'value'")
			.withMessageContaining(method.parameters().get(1).type().getTypeName())
			.withMessageContaining("call its bean from Java");
	}

	@ParameterizedTest
	@MethodSource("content")
	void isPublished(RunMethod method) {
		assertThat(descriptor(method).unsuppliedParameters()).isEmpty();
	}

	@Test
	void whatMayBeAbsentIsAbsent() {
		assertThat(new InputBinder("it", content("nullable")).bind(Map.of("text", "a"))).containsExactly("a", null);
		assertThat(new InputBinder("it", content("optional")).bind(Map.of())).containsExactly(Optional.empty());
		assertThat(new InputBinder("it", content("mayBeLeftOut")).bind(Map.of())).containsExactly((Object) null);
	}

	private static RunMethod content(String name) {
		return content().stream().filter((method) -> method.method().getName().equals(name)).findFirst().orElseThrow();
	}

	@Test
	void registryPublishesOnlyWhatCanBeRunByInput() throws Throwable {
		Recorded recorded = new Recorded();
		Callback workflow = recorded.proxy(new Callback());
		RegisteredWorkflows workflows = new RegisteredWorkflows(Map.of());
		workflows.register("callback", workflow);
		WorkflowRegistry registry = new DefaultWorkflowRegistry(workflows);
		assertThat(registry.workflows()).hasSize(1);
		assertThat(registry.published()).isEmpty();
		assertThat(registry.find("callback")).isPresent();
		assertThat(registry.findPublished("callback")).isEmpty();
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> registry.run("callback", Map.of("text", "a")))
			.withMessageContaining("'listener'");
		StringBuilder heard = new StringBuilder();
		workflow.run("s", "a", heard::append);
		assertThat(heard).hasToString("a");
		assertThat(recorded.onlyRun("s").input().get("listener").toString()).startsWith("(not recorded");
	}

	private static List<RunMethod> methods(Class<? extends Workflow> type) {
		return Arrays.stream(type.getDeclaredMethods())
			.filter((method) -> !method.isSynthetic())
			.map((method) -> RunMethod.of(type, method))
			.toList();
	}

	private static WorkflowDescriptor descriptor(RunMethod method) {
		return new WorkflowDescriptor("it", "it", "", Needing.class, method.parameters(), void.class);
	}

	record Upload(String name, InputStream content) {
	}

	record Nested(List<Upload> uploads) {
	}

	record Optionally(String name, @Nullable InputStream content) {
	}

	interface Port {

		void call();

		void end();

	}

	static class OwnRequest extends HttpServletRequestWrapper {

		OwnRequest(HttpServletRequest request) {
			super(request);
		}

	}

	static class Callback extends Workflow {

		void run(@SessionId String sessionId, String text, Consumer<String> listener) {
			listener.accept(text);
		}

	}

	static class Needing extends Workflow {

		void request(String text, HttpServletRequest value) {
		}

		void ownRequest(String text, OwnRequest value) {
		}

		void reactiveRequest(String text, ServerHttpRequest value) {
		}

		void entity(String text, HttpEntity<String> value) {
		}

		void file(String text, MultipartFile value) {
		}

		void files(String text, List<MultipartFile> value) {
		}

		void array(String text, MultipartFile[] value) {
		}

		void map(String text, Map<String, Resource> value) {
		}

		void stream(String text, InputStream value) {
		}

		void reader(String text, Reader value) {
		}

		void principal(String text, Principal value) {
		}

		void authentication(String text, Authentication value) {
		}

		void details(String text, UserDetails value) {
		}

		void consumer(String text, Consumer<String> value) {
		}

		void port(String text, Port value) {
		}

		void dataSource(String text, DataSource value) {
		}

		void context(String text, ApplicationContext value) {
		}

		void logger(String text, Logger value) {
		}

		void component(String text, Upload value) {
		}

		void nested(String text, Nested value) {
		}

		void marked(String text, @NotRecorded String value) {
		}

	}

	static class Content extends Workflow {

		void locale(Locale value) {
		}

		void nullable(String text, @Nullable HttpServletRequest value) {
		}

		void optional(Optional<InputStream> value) {
		}

		void mayBeLeftOut(@NotRecorded @Nullable String value) {
		}

		void component(Optionally value) {
		}

		void number(Number value) {
		}

		void anything(Object value, Map<String, Object> more, Iterable<String> texts) {
		}

		void ids(@SessionId String sessionId, @UserId String userId) {
		}

	}

}
