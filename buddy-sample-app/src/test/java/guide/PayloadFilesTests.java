package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import buddy.run.RunKey;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.NewRun;
import buddy.storage.SessionSeed;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the page on storage says about large payloads works.
 */
class PayloadFilesTests {

	@TempDir
	private Path folder;

	@Test
	void documentIsReadAgain() {
		PayloadFiles files = new PayloadFiles(this.folder);
		files.write("r1", "run_input-1", "{}");
		files.write("r1", "run_input-1", "{}");
		assertThat(files.read("r1", "run_input-1")).isEqualTo("{}");
		assertThat(files.read("r2", "run_input-1")).isNull();
		assertThat(this.folder.resolve("r1").toFile().list()).containsExactly("run_input-1");
	}

	@Test
	void documentsOfRunsThatAreGoneAreDeletedAfterADay() throws IOException {
		PayloadFiles files = new PayloadFiles(this.folder);
		MapWorkflowSessionRepository repository = new MapWorkflowSessionRepository();
		repository.begin(
				NewRun
					.builder(RunKey.builder().runId("there").workflowId("w").sessionId("s").build(),
							new SessionSeed(null, "{}", null))
					.recordStart(true)
					.build());
		for (String run : new String[] { "there", "gone", "fresh" }) {
			files.write(run, "a", "1");
		}
		FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(2)));
		Files.setLastModifiedTime(this.folder.resolve("there"), old);
		Files.setLastModifiedTime(this.folder.resolve("gone"), old);

		new PayloadSweep(this.folder, repository).deleteOfRunsThatAreGone();

		assertThat(files.read("there", "a")).isEqualTo("1");
		assertThat(files.read("gone", "a")).isNull();
		assertThat(files.read("fresh", "a")).isEqualTo("1");
	}

}
