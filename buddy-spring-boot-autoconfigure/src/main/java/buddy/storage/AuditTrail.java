package buddy.storage;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.run.RunKey;
import buddy.session.AuditEntry;

/**
 * Writes down who did what to runs and sessions, if the store has an audit.
 *
 * @param log the store of the entries, or {@code null}
 * @param ids supplies the ids of the entries
 * @param clock tells when something was done
 */
public record AuditTrail(@Nullable AuditLog log, Supplier<String> ids, Clock clock) {

	/** Writes nothing. */
	public static final AuditTrail NONE = new AuditTrail(null, () -> "", Clock.systemUTC());

	private static final Logger logger = LoggerFactory.getLogger(AuditTrail.class);

	/**
	 * Returns whether anything is written.
	 * @return whether the store has an audit
	 */
	public boolean isKept() {
		return this.log != null;
	}

	/**
	 * Creates an entry about a run.
	 * @param action what was done
	 * @param actor the user who did it, or {@code null}
	 * @param run the run
	 * @param detail more about it
	 * @return the entry, which is not stored yet
	 */
	public AuditEntry ofRun(String action, @Nullable String actor, RunKey run, Map<String, String> detail) {
		return new AuditEntry(this.ids.get(), now(), action, actor, run.workflowId(), run.sessionId(), run.runId(),
				detail);
	}

	/**
	 * Creates an entry about a session.
	 * @param action what was done
	 * @param actor the user who did it, or {@code null}
	 * @param workflowId the workflow of the session, or {@code null} if it is not known
	 * @param sessionId the session
	 * @return the entry, which is not stored yet
	 */
	public AuditEntry ofSession(String action, @Nullable String actor, @Nullable String workflowId, String sessionId) {
		return new AuditEntry(this.ids.get(), now(), action, actor, workflowId, sessionId, null, Map.of());
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.clock.millis());
	}

	/**
	 * Stores an entry in the caller's transaction, which does what the entry tells.
	 * @param entry the entry
	 */
	public void write(AuditEntry entry) {
		if (this.log != null) {
			this.log.append(entry);
		}
	}

	/**
	 * Performs an action, and stores an entry with it if it has done something.
	 * @param entry the entry
	 * @param action returns whether it has done something
	 * @return what the action has returned
	 */
	public boolean writeIf(AuditEntry entry, BooleanSupplier action) {
		return (this.log != null) ? this.log.appendIf(entry, action) : action.getAsBoolean();
	}

	/**
	 * Stores an entry about what is done already. If it cannot be stored, it is logged.
	 * @param entry the entry
	 */
	public void writeAfterwards(AuditEntry entry) {
		if (this.log == null) {
			return;
		}
		try {
			this.log.appendBeside(entry);
		}
		catch (RuntimeException ex) {
			logger.error("An entry of the audit could not be stored: {}", entry, ex);
		}
	}

}
