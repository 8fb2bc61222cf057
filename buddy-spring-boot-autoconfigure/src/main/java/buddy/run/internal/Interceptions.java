package buddy.run.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import buddy.run.Interception;

/**
 * A composite of the interceptions of one piece of work. Exceptions are logged and affect
 * neither the other interceptions nor the work.
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
	 * @param interceptors the interceptors
	 * @param start starts the interception of one interceptor; returns {@code null} if
	 * there is none
	 * @param <S> the kind of interceptor
	 * @param <I> the kind of interception
	 * @return the interceptions that were started, or {@code null} if there are none
	 */
	public static <S, I extends Interception> @Nullable Interceptions<I> start(List<S> interceptors,
			Function<S, @Nullable I> start) {
		List<I> started = null;
		for (S interceptor : interceptors) {
			I one = ask(interceptor, start);
			if (one != null) {
				started = (started != null) ? started : new ArrayList<>(interceptors.size());
				started.add(one);
			}
		}
		return (started != null) ? new Interceptions<>(started) : null;
	}

	/**
	 * Starts the interceptions of a part of the work.
	 * @param start starts the interception of one interception; returns {@code null} if
	 * there is none
	 * @param <J> the kind of interception
	 * @return the interceptions that were started, or {@code null} if there are none
	 */
	public <J extends Interception> @Nullable Interceptions<J> within(Function<I, @Nullable J> start) {
		return start(this.all, start);
	}

	/**
	 * Calls an interceptor or an interception and logs its exceptions.
	 * @param one the target of the call
	 * @param question the call
	 * @param <S> the type of the target
	 * @param <T> the type of the result
	 * @return the result, or {@code null} if the call threw an exception
	 */
	public static <S, T> @Nullable T ask(S one, Function<S, @Nullable T> question) {
		try {
			return question.apply(one);
		}
		catch (RuntimeException ex) {
			logger.warn("An interceptor of a run or an agent call failed; the call itself continues", ex);
			return null;
		}
	}

	/**
	 * Calls all interceptions and logs their exceptions.
	 * @param what the call
	 */
	public void tell(Consumer<I> what) {
		for (I one : this.all) {
			ask(one, (told) -> {
				what.accept(told);
				return null;
			});
		}
	}

	@Override
	public Entry enter() {
		return Entries.of(this.all, Interception::enter);
	}

	@Override
	public Entry enterPropagated() {
		return Entries.of(this.all, Interception::enterPropagated);
	}

	@Override
	public Supplier<Entry> capture() {
		List<Supplier<Entry>> captured = new ArrayList<>(this.all.size());
		for (I one : this.all) {
			Supplier<Entry> taken = ask(one, Interception::capture);
			captured.add((taken != null) ? taken : one::enter);
		}
		return () -> Entries.of(captured, Supplier::get);
	}

	@Override
	public Map<String, Object> contextValues() {
		Map<String, Object> values = new HashMap<>();
		tell((one) -> values.putAll(one.contextValues()));
		return values;
	}

	/** The entries of one thread, closed in reverse order. */
	private record Entries(Entry[] entries) implements Entry {

		static <S> Entry of(List<? extends S> sources, Function<S, @Nullable Entry> enter) {
			Entry[] entries = null;
			for (int i = 0; i < sources.size(); i++) {
				Entry entry = ask(sources.get(i), enter);
				if (entry != null && entry != NONE) {
					entries = (entries != null) ? entries : none(sources.size());
					entries[i] = entry;
				}
			}
			return (entries != null) ? new Entries(entries) : NONE;
		}

		private static Entry[] none(int size) {
			Entry[] entries = new Entry[size];
			Arrays.fill(entries, NONE);
			return entries;
		}

		@Override
		public void close() {
			for (int i = this.entries.length - 1; i >= 0; i--) {
				ask(this.entries[i], Entries::closed);
			}
		}

		@Override
		public Entry leave() {
			return of(List.of(this.entries), Entry::leave);
		}

		private static @Nullable Object closed(Entry entry) {
			entry.close();
			return null;
		}

	}

}
