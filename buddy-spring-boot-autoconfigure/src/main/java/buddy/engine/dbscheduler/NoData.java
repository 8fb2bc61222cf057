package buddy.engine.dbscheduler;

import com.github.kagkarlsson.scheduler.serializer.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Tickets have no data: nothing is serialized, and nothing is read as an object.
 */
final class NoData implements Serializer {

	@Override
	public byte @Nullable [] serialize(@Nullable Object data) {
		if (data != null) {
			throw new IllegalArgumentException("Tickets have no data");
		}
		return null;
	}

	@Override
	public <T> @Nullable T deserialize(Class<T> type, byte @Nullable [] data) {
		return null;
	}

}
