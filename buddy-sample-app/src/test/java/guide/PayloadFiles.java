package guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import org.jspecify.annotations.Nullable;

import buddy.storage.codec.PayloadStore;

/**
 * The code of the page on storage that keeps large payloads in files.
 */
class PayloadFiles implements PayloadStore {

	private final Path folder;

	PayloadFiles(Path folder) {
		this.folder = folder;
	}

	@Override
	public void write(String runId, String name, String document) {
		try {
			Path ofRun = Files.createDirectories(this.folder.resolve(runId));
			Path written = Files.writeString(Files.createTempFile(ofRun, name, ""), document);
			Files.move(written, ofRun.resolve(name), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public @Nullable String read(String runId, String name) {
		Path document = this.folder.resolve(runId).resolve(name);
		try {
			return Files.exists(document) ? Files.readString(document) : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
