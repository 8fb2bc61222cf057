package buddy.storage.jpa;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.flywaydb.core.api.logging.LogFactory;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs at DEBUG what Flyway says while it applies buddy's scripts. buddy itself says what
 * was done, and what failed is in the exception.
 *
 * <p>
 * All instances of Flyway share one log. So the thread tells whose message it is: what
 * another thread says comes from a Flyway of the application, and keeps its level.
 */
final class QuietFlywayLog implements LogCreator {

	private static final Set<Thread> quiet = ConcurrentHashMap.newKeySet();

	private QuietFlywayLog() {
	}

	/**
	 * Migrates quietly.
	 * @param flyway makes the instance
	 * @param migration migrates with it
	 * @return what was done
	 */
	static MigrateResult during(Supplier<Flyway> flyway, Function<Flyway, MigrateResult> migration) {
		Flyway own = begin(flyway);
		try {
			return migration.apply(own);
		}
		finally {
			end();
		}
	}

	/** Every new instance resets the log. */
	private static synchronized Flyway begin(Supplier<Flyway> flyway) {
		Flyway own = flyway.get();
		quiet.add(Thread.currentThread());
		LogFactory.setLogCreator(new QuietFlywayLog());
		return own;
	}

	/** Leaves it to Flyway to make the log that the latest instance asks for. */
	private static synchronized void end() {
		quiet.remove(Thread.currentThread());
		if (quiet.isEmpty()) {
			LogFactory.setLogCreator(null);
		}
	}

	@Override
	public Log createLogger(Class<?> source) {
		return new Messages(LoggerFactory.getLogger(source));
	}

	/** Messages of one of Flyway's classes, as Flyway itself would log them by SLF4J. */
	private record Messages(Logger logger) implements Log {

		private void log(Level level, String message) {
			this.logger.atLevel(isQuiet() ? Level.DEBUG : level).log(message);
		}

		private static boolean isQuiet() {
			return quiet.contains(Thread.currentThread());
		}

		@Override
		public void debug(String message) {
			if (LogFactory.isDebugEnabled()) {
				log(Level.DEBUG, message);
			}
		}

		@Override
		public void info(String message) {
			if (!LogFactory.isQuietMode()) {
				log(Level.INFO, message);
			}
		}

		@Override
		public void warn(String message) {
			log(Level.WARN, message);
		}

		@Override
		public void error(String message) {
			log(Level.ERROR, message);
		}

		@Override
		public void error(String message, Exception ex) {
			this.logger.atLevel(isQuiet() ? Level.DEBUG : Level.ERROR).setCause(ex).log(message);
		}

		@Override
		public void notice(String message) {
			// is for Flyway's command line
		}

	}

}
