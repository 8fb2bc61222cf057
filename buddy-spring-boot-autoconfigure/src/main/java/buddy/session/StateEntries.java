package buddy.session;

import java.util.AbstractMap.SimpleEntry;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The entry set of a state. Iterators work on a snapshot; removing and setting entries
 * writes through.
 */
final class StateEntries extends AbstractSet<Map.Entry<String, @Nullable Object>> {

	private final SessionState state;

	StateEntries(SessionState state) {
		this.state = state;
	}

	@Override
	public Iterator<Map.Entry<String, @Nullable Object>> iterator() {
		Iterator<Map.Entry<String, @Nullable Object>> entries = this.state.copy().entrySet().iterator();
		return new Iterator<>() {

			private @Nullable String last;

			@Override
			public boolean hasNext() {
				return entries.hasNext();
			}

			@Override
			public Map.Entry<String, @Nullable Object> next() {
				WriteThroughEntry entry = new WriteThroughEntry(entries.next());
				StateEntries.this.state.handedOut(entry.getKey(), entry.getValue());
				this.last = entry.getKey();
				return entry;
			}

			@Override
			public void remove() {
				if (this.last == null) {
					throw new IllegalStateException("next() must be called before remove()");
				}
				StateEntries.this.state.remove(this.last);
				this.last = null;
			}

		};
	}

	@Override
	public int size() {
		return this.state.size();
	}

	private final class WriteThroughEntry extends SimpleEntry<String, @Nullable Object> {

		private static final long serialVersionUID = 1L;

		WriteThroughEntry(Map.Entry<String, @Nullable Object> entry) {
			super(entry);
		}

		@Override
		public @Nullable Object setValue(@Nullable Object value) {
			super.setValue(value);
			return StateEntries.this.state.put(getKey(), value);
		}

	}

}
