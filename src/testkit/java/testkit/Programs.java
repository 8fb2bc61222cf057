package testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs that this machine has.
 */
public final class Programs {

	private Programs() {
	}

	/**
	 * Finds a program.
	 * @param program its name
	 * @return where it is, in the PATH or where Debian puts it
	 */
	public static Optional<Path> find(String program) {
		List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(File.pathSeparator)));
		folders.addAll(List.of("/usr/sbin", "/usr/bin"));
		return folders.stream().map((folder) -> Path.of(folder, program)).filter(Files::isExecutable).findFirst();
	}

}
