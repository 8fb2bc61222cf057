package sample.web;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import sample.SampleApplication;
import sample.workflows.CounterWorkflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the sample remembers when it starts again on the database that it left.
 */
class RestartTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "default", "sqlite" })
	void counterGoesOnAfterARestart(String profile) {
		assertThat(count(profile)).isEqualTo(1);
		assertThat(count(profile)).isEqualTo(2);
	}

	private Object count(String profile) {
		SpringApplicationBuilder application = new SpringApplicationBuilder(SampleApplication.class)
			.web(WebApplicationType.NONE)
			.profiles(profile)
			.properties("spring.main.banner-mode=off");
		// a directory that is not there yet, as in a fresh clone
		try (ConfigurableApplicationContext context = application
			.run("--sample.data=" + this.directory.resolve("data"))) {
			return String.valueOf(context.getBean(CounterWorkflow.class).run("c1").content())
				.transform(Integer::valueOf);
		}
	}

}
