package buddy.autoconfigure.absent;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Applications whose class path really lacks what buddy uses only if it is there.
 */
class AbsentLibraryTests {

	@ParameterizedTest
	@CsvSource({ "Spring AI, spring-ai-.*, JpaWorkflowSessionRepository 2",
			"Reactor, (reactor-|reactive-streams|spring-ai-).*, JpaWorkflowSessionRepository 2",
			"Spring Security, spring-security-.*, JpaWorkflowSessionRepository 2",
			"the actuator, spring-boot-(actuator|health).*, JpaWorkflowSessionRepository 2",
			"health, spring-boot-health.*, JpaWorkflowSessionRepository 2",
			"metrics, micrometer-core.*, JpaWorkflowSessionRepository 2",
			"MCP, (mcp|spring-ai-mcp)-.*, JpaWorkflowSessionRepository 2",
			"OpenAPI, (springdoc|swagger)-.*, JpaWorkflowSessionRepository 2",
			"context propagation, (context-propagation|micrometer-|reactor-|spring-ai-).*, JpaWorkflowSessionRepository 2",
			"JPA, (spring-boot-(data-)?jpa|spring-boot-hibernate|spring-boot-persistence|hibernate-|jakarta.persistence|spring-data-jpa|spring-orm).*, MapWorkflowSessionRepository 2",
			"a database at all, (spring-boot-(data-)?jpa|spring-boot-hibernate|spring-boot-jdbc|spring-jdbc|hibernate-|jakarta.persistence|spring-data-|spring-orm|spring-tx|flyway|HikariCP|h2-|sqlite|postgresql|mariadb).*, MapWorkflowSessionRepository 2" })
	void runsAreRecordedWithout(String library, String jars, String recorded) throws Exception {
		assertThat(probe(jars)).as("without " + library).isEqualTo(recorded);
	}

	@Test
	void missingAspectJIsReported() {
		assertThatExceptionOfType(InvocationTargetException.class).isThrownBy(() -> probe("aspectjweaver.*"))
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
