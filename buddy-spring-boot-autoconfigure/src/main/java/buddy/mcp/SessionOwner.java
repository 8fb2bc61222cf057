package buddy.mcp;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Whose a client's session is: the first user's who is known when it is used.
 */
final class SessionOwner {

	private final Supplier<@Nullable String> user;

	private final AtomicReference<@Nullable String> owner = new AtomicReference<>();

	SessionOwner(Supplier<@Nullable String> user) {
		this.user = user;
	}

	/** Tells whether the request that this thread serves is the owner's. */
	boolean isCurrent() {
		String current = this.user.get();
		if (current != null) {
			this.owner.compareAndSet(null, current);
		}
		String known = this.owner.get();
		return known == null || known.equals(current);
	}

}
