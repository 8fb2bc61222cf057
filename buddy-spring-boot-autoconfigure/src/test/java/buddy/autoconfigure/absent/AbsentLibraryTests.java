package buddy.autoconfigure.absent;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.FilteredClassLoader;

import buddy.testkit.Nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Applications that lack what buddy uses only if it is there: on a class path that really
 * lacks it, in few sets since each loads all classes anew, and each library alone hidden
 * from the conditions.
 */
class AbsentLibraryTests {

	private static final String OPTIONAL = "spring-ai-|reactor-|reactive-streams|spring-security-|spring-boot-(actuator|health|micrometer|restclient|http)"
			+ "|micrometer-|context-propagation|mcp-|springdoc|swagger|spring-webmvc|spring-web-|tomcat-embed-core|jsonschema-|victools"
			+ "|db-scheduler|temporal-|grpc-";

	private static final String DATABASE = "spring-boot-(data-)?jpa|spring-boot-hibernate|spring-boot-jdbc|spring-jdbc|hibernate-"
			+ "|jakarta.persistence|spring-data-|spring-orm|spring-tx|flyway|HikariCP|h2-|sqlite|postgresql|mariadb";

	@ParameterizedTest
	@CsvSource({ "what is optional, " + OPTIONAL + ", JpaWorkflowSessionRepository 2",
			"what is optional and a database, " + OPTIONAL + "|" + DATABASE + ", MapWorkflowSessionRepository 2" })
	void runsAreRecordedOnAClassPathWithout(String libraries, String jars, String recorded) throws Exception {
		assertThat(probe("(" + jars + ").*")).as("without " + libraries).isEqualTo(recorded);
	}

	/** Those that most applications lack. */
	private static final Set<String> IN_THE_GATE = Set.of("Spring AI", "Spring Security", "the actuator", "JPA");

	@ParameterizedTest
	@CsvSource({ "Spring AI, org.springframework.ai, JpaWorkflowSessionRepository 2",
			"Reactor, reactor;org.reactivestreams;org.springframework.ai, JpaWorkflowSessionRepository 2",
			"Spring Security, org.springframework.security, JpaWorkflowSessionRepository 2",
			"the actuator, org.springframework.boot.actuate.endpoint;org.springframework.boot.health.contributor, JpaWorkflowSessionRepository 2",
			"health, org.springframework.boot.health.contributor, JpaWorkflowSessionRepository 2",
			"metrics, io.micrometer.core, JpaWorkflowSessionRepository 2",
			"MCP, io.modelcontextprotocol;org.springframework.ai.mcp, JpaWorkflowSessionRepository 2",
			"OpenAPI, org.springdoc;io.swagger, JpaWorkflowSessionRepository 2",
			"context propagation, io.micrometer;reactor;org.springframework.ai, JpaWorkflowSessionRepository 2",
			"JPA, jakarta.persistence;org.hibernate;org.springframework.orm;org.springframework.data.jpa, MapWorkflowSessionRepository 2" })
	void runsAreRecordedWithout(String library, String packages, String recorded) {
		if (!IN_THE_GATE.contains(library)) {
			Nightly.only("all of them at once are absent from the class path here");
		}
		assertThat(ProbeApplication.probe(new FilteredClassLoader(packages.split(";")))).as("without " + library)
			.isEqualTo(recorded);
	}

	@Test
	void missingAspectJIsReported() {
		assertThatExceptionOfType(InvocationTargetException.class)
			.isThrownBy(() -> probe("(aspectjweaver|" + DATABASE + ").*"))
			.havingCause()
			.withMessageContaining("probeWorkflow")
			.withMessageContaining("spring-boot-starter-aspectj");
	}

	private static Object probe(String jars) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (URLClassLoader without = classPathWithout(jars)) {
			thread.setContextClassLoader(without);
			return without.loadClass(ProbeApplication.class.getName()).getMethod("probe").invoke(null);
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private static URLClassLoader classPathWithout(String jars) {
		Pattern absent = Pattern.compile(jars);
		URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.map(Path::of)
			.filter((entry) -> !absent.matcher(entry.getFileName().toString()).matches())
			.map(AbsentLibraryTests::url)
			.toArray(URL[]::new);
		return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
	}

	private static URL url(Path entry) {
		try {
			return entry.toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

}
