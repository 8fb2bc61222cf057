package buddy.faults;

import java.io.IOException;
import java.util.stream.Stream;

/**
 * The engines that give out the runs of fault tests.
 */
enum WorkerEngine {

	DB_SCHEDULER, TEMPORAL;

	/** Starts what the engine needs, or nothing. */
	TemporalProcess start() throws IOException {
		return (this == TEMPORAL) ? new TemporalProcess() : null;
	}

	/** Adds the properties of the engine to those of a database. */
	String[] properties(String[] database, TemporalProcess server) {
		return (server != null) ? Stream.of(database, server.properties()).flatMap(Stream::of).toArray(String[]::new)
				: database;
	}

}
