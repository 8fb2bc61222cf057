package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.util.FileSystemUtils;

import buddy.storage.WorkflowSessionRepository;
import buddy.storage.codec.PayloadUnreadableException;

/**
 * The code of the page on storage that deletes the files of runs that are gone.
 */
class PayloadSweep {

	private final Path folder;

	private final WorkflowSessionRepository repository;

	PayloadSweep(Path folder, WorkflowSessionRepository repository) {
		this.folder = folder;
		this.repository = repository;
	}

	@Scheduled(cron = "@daily")
	void deleteOfRunsThatAreGone() throws IOException {
		List<Path> folders;
		try (Stream<Path> all = Files.list(this.folder)) {
			folders = all.toList();
		}
		Instant yesterday = Instant.now().minus(Duration.ofDays(1));
		for (Path ofRun : folders) {
			boolean old = Files.getLastModifiedTime(ofRun).toInstant().isBefore(yesterday);
			if (old && !isStored(ofRun.getFileName().toString())) {
				FileSystemUtils.deleteRecursively(ofRun);
			}
		}
	}

	private boolean isStored(String runId) {
		try {
			return this.repository.findRun(runId).isPresent();
		}
		catch (PayloadUnreadableException ex) {
			return true; // and one of its documents is gone
		}
	}

}
