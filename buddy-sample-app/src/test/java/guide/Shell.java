package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Executes lines of pages.
 */
final class Shell {

	private Shell() {
	}

	/** Returns what a line prints. */
	static String execute(String line, Path folder) throws IOException, InterruptedException {
		Path output = folder.resolve("output");
		Process process = new ProcessBuilder("sh", "-c", line).directory(folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(line).isTrue();
		return Files.readString(output);
	}

	static void requireCurl() {
		try {
			new ProcessBuilder("curl", "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
		}
		catch (IOException ex) {
			if ("true".equalsIgnoreCase(System.getenv("CI"))) {
				throw new IllegalStateException("In CI this must run, but there is no curl", ex);
			}
			Assumptions.abort("there is no curl on this machine; install it to run the lines of the pages");
		}
	}

}
