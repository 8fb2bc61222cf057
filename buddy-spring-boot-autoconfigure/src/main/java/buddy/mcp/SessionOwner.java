package buddy.mcp;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The owner of a client's session: the first user who uses it.
 */
final class SessionOwner {

	private final Supplier<@Nullable String> user;

	private final AtomicReference<@Nullable String> owner = new AtomicReference<>();

	SessionOwner(Supplier<@Nullable String> user) {
		this.user = user;
	}

	/** Returns whether the current request is made by the owner. */
	boolean isCurrent() {
		String current = this.user.get();
		if (current != null) {
			this.owner.compareAndSet(null, current);
		}
		String known = this.owner.get();
		return known == null || known.equals(current);
	}

}
