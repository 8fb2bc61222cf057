package benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The results of a report, kept as JSON lines: the machine first, then the pairs.
 *
 * @param machine on what they were measured
 * @param results the pairs
 */
public record Report(Machine machine, List<Result> results) {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/**
	 * Writes the report.
	 * @param file the file, which is overwritten
	 */
	public void write(Path file) {
		List<String> lines = new ArrayList<>();
		lines.add(JSON.writeValueAsString(this.machine));
		this.results.forEach((result) -> lines.add(JSON.writeValueAsString(result)));
		try {
			Files.createDirectories(file.toAbsolutePath().getParent());
			Files.write(file, lines);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Reads a report.
	 * @param file the file
	 * @return the report, or {@code null} if there is no such file
	 */
	public static @Nullable Report read(Path file) {
		if (!Files.exists(file)) {
			return null;
		}
		List<String> lines = lines(file);
		return new Report(JSON.readValue(lines.get(0), Machine.class),
				lines.stream().skip(1).map((line) -> JSON.readValue(line, Result.class)).toList());
	}

	/**
	 * Writes the one line of a nightly result.
	 * @param file the file, which is overwritten
	 * @param nightly the result
	 */
	public static void write(Path file, Nightly nightly) {
		try {
			Files.createDirectories(file.toAbsolutePath().getParent());
			Files.writeString(file, JSON.writeValueAsString(nightly) + "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Reads the one line of a nightly result.
	 * @param file the file
	 * @return the result, or {@code null} if there is no such file
	 */
	public static @Nullable Nightly readNightly(Path file) {
		return Files.exists(file) ? JSON.readValue(lines(file).get(0), Nightly.class) : null;
	}

	private static List<String> lines(Path file) {
		try {
			return Files.readAllLines(file, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
