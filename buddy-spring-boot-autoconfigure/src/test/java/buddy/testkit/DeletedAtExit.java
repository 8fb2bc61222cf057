package buddy.testkit;

import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.util.FileSystemUtils;

/**
 * Folders of databases, deleted when the JVM ends.
 */
final class DeletedAtExit {

	private static final Queue<Path> FOLDERS = new ConcurrentLinkedQueue<>();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(DeletedAtExit::deleteAll));
	}

	private DeletedAtExit() {
	}

	static void add(Path folder) {
		FOLDERS.add(folder);
	}

	private static void deleteAll() {
		FOLDERS.forEach((folder) -> FileSystemUtils.deleteRecursively(folder.toFile()));
	}

}
