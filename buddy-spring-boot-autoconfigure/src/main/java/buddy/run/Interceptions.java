package buddy.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several interceptions of the same work as one. What one of them throws is logged, and
 * neither the others nor the work notice.
 *
 * @param <I> the kind of interception
 */
public final class Interceptions<I extends Interception> implements Interception {

	private static final Logger logger = LoggerFactory.getLogger(Interceptions.class);

	private final List<I> all;

	private Interceptions(List<I> all) {
		this.all = all;
	}

	/**
	 * Starts the interceptions of a piece of work.
	 * @param interceptors who may intercept it
	 * @param start starts the interception of one, or returns {@code null} if it does not
	 * care
	 * @param <S> the kind of interceptor
	 * @param <I> the kind of interception
	 * @return all that were started, or {@code null} if there is none
	 */
	public static <S, I extends Interception> @Nullable Interceptions<I> start(List<S> interceptors,
			Function<S, @Nullable I> start) {
		if (interceptors.isEmpty()) {
			return null;
		}
		List<I> started = interceptors.stream()
			.map((interceptor) -> guarded(() -> start.apply(interceptor)))
			.filter(Objects::nonNull)
			.toList();
		return started.isEmpty() ? null : new Interceptions<>(started);
	}

	/**
	 * Asks an interceptor or an interception.
	 * @param call asks it
	 * @param <T> the answer
	 * @return the answer, {@code null} too if it threw, which is logged
	 */
	public static <T> @Nullable T guarded(Supplier<@Nullable T> call) {
		try {
			return call.get();
		}
		catch (RuntimeException ex) {
			logger.warn("What stands around a run or an agent's call failed; the call itself goes on", ex);
			return null;
		}
	}

	/**
	 * Tells all of them something.
	 * @param what tells one
	 */
	public void tell(Consumer<I> what) {
		for (I one : this.all) {
			guarded(() -> {
				what.accept(one);
				return null;
			});
		}
	}

	@Override
	public Entry enter() {
		return entry(Interception::enter);
	}

	@Override
	public Entry enterPropagated() {
		return entry(Interception::enterPropagated);
	}

	@Override
	public Supplier<Entry> capture() {
		List<Supplier<Entry>> captured = this.all.stream().map((one) -> {
			Supplier<Entry> taken = guarded(one::capture);
			return (taken != null) ? taken : (Supplier<Entry>) one::enter;
		}).toList();
		return () -> Entries.of(captured, Supplier::get);
	}

	@Override
	public Map<String, Object> contextValues() {
		Map<String, Object> values = new HashMap<>();
		tell((one) -> values.putAll(one.contextValues()));
		return values;
	}

	private Entry entry(Function<Interception, Entry> enter) {
		return Entries.of(this.all, enter::apply);
	}

	/** The entries of one thread, closed the last one first. */
	private record Entries(Entry[] entries) implements Entry {

		static <T> Entry of(List<T> sources, Function<T, Entry> enter) {
			Entry[] entries = new Entry[sources.size()];
			boolean any = false;
			for (int i = 0; i < entries.length; i++) {
				T source = sources.get(i);
				Entry entry = guarded(() -> enter.apply(source));
				entries[i] = (entry != null) ? entry : NONE;
				any |= entries[i] != NONE;
			}
			return any ? new Entries(entries) : NONE;
		}

		@Override
		public void close() {
			for (int i = this.entries.length - 1; i >= 0; i--) {
				Entry entry = this.entries[i];
				guarded(() -> {
					entry.close();
					return null;
				});
			}
		}

		@Override
		public Entry leave() {
			return of(List.of(this.entries), Entry::leave);
		}

	}

}
