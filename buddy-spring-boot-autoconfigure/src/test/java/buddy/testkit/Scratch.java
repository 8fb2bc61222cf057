package buddy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.util.FileSystemUtils;

/**
 * Folders for the files of databases, in memory where the machine has such a place: no
 * test takes the power away, so none has to wait for a disk.
 */
final class Scratch {

	private static final Path MEMORY = Path.of("/dev/shm");

	private static final long ENOUGH_BYTES = 2L << 30;

	private Scratch() {
	}

	/** Creates a folder that is deleted when this JVM ends. */
	static Path folder(String prefix) {
		try {
			Path folder = hasMemory() ? Files.createTempDirectory(MEMORY, prefix) : Files.createTempDirectory(prefix);
			Runtime.getRuntime().addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(folder.toFile())));
			return folder;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean hasMemory() throws IOException {
		return Files.isDirectory(MEMORY) && Files.isWritable(MEMORY)
				&& Files.getFileStore(MEMORY).getUsableSpace() > ENOUGH_BYTES;
	}

}
