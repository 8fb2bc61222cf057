package buddy.session;

import java.math.BigDecimal;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

import buddy.json.UnstorableValueException;
import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * The state of a session: a map of plain JSON values that is kept from run to run.
 *
 * <p>
 * A run works on its own copy, which is stored when the run completes. A value is kept in
 * the form in which the next run will read it: a record becomes a map, and a number with
 * a fraction becomes a {@code BigDecimal} with the same digits. Nested maps and lists
 * returned by {@code get} may be edited in place. {@link #increment} and {@link #append}
 * are recorded as operations, so that concurrent runs lose neither. Single calls are
 * thread-safe; edits in place are not.
 */
public final class SessionState extends AbstractMap<String, @Nullable Object> {

	private @Nullable String stored;

	private String base;

	private final Map<String, @Nullable Object> values;

	private final Map<String, List<StateDelta>> deltas = new HashMap<>();

	private StateOriginals originals = new StateOriginals();

	private boolean overridden;

	private final StateSize size;

	/** Supplies the log of the step whose body is executed on this thread. */
	private volatile @Nullable Supplier<@Nullable StateLog> logs;

	private SessionState(@Nullable String stored, String base, Map<String, @Nullable Object> values, boolean overridden,
			long most) {
		this.stored = stored;
		this.base = base;
		this.values = values;
		this.overridden = overridden;
		this.size = new StateSize(most, this::json);
	}

	/**
	 * Opens the copy of a run.
	 * @param stored the stored state, a JSON object, or {@code null} if none was ever
	 * stored
	 * @param defaults the state of a session that has none stored
	 * @param override values that override the stored state: nested maps are merged,
	 * lists replaced
	 * @return the copy
	 */
	public static SessionState open(@Nullable String stored, Map<String, ? extends @Nullable Object> defaults,
			Map<String, ? extends @Nullable Object> override) {
		return open(stored, defaults, override, 0);
	}

	/**
	 * Opens the copy of a run, with a size limit.
	 * @param stored the stored state, a JSON object, or {@code null} if none was ever
	 * stored
	 * @param defaults the state of a session that has none stored
	 * @param override values that override the stored state: nested maps are merged,
	 * lists replaced
	 * @param most the maximum size of the JSON in bytes if the state is changed; 0 is no
	 * limit
	 * @return the copy
	 * @throws UnstorableValueException if the overriding values make it too large
	 */
	public static SessionState open(@Nullable String stored, Map<String, ? extends @Nullable Object> defaults,
			Map<String, ? extends @Nullable Object> override, long most) {
		String base = (stored != null) ? stored : StorableJson.require("The default session state", defaults);
		Map<String, @Nullable Object> values = Json.readMap(base);
		if (!override.isEmpty()) {
			merge(values, Json.readMap(StorableJson.require("The scope's session state", override)));
		}
		SessionState state = new SessionState(stored, base, values, !override.isEmpty(), most);
		state.size.begin(override.isEmpty() ? base : state.size.require(state.json()));
		return state;
	}

	/**
	 * Sets where changes by the bodies of steps are logged. For internal use.
	 * @param logs supplies the log of the step whose body is executed on the calling
	 * thread, or {@code null} outside of steps
	 * @return this state
	 */
	public SessionState logTo(Supplier<@Nullable StateLog> logs) {
		this.logs = logs;
		return this;
	}

	/**
	 * Performs the operations of a step's body again. For internal use.
	 * @param operations the JSON of a {@link StateLog}, or {@code null} for none
	 */
	public synchronized void replay(@Nullable String operations) {
		for (StateLog.Operation operation : StateLog.read(operations)) {
			Number by = operation.by();
			if (by instanceof Double number) {
				increment(operation.key(), number.doubleValue());
			}
			else if (by instanceof Long number) {
				increment(operation.key(), number.longValue());
			}
			else if (by instanceof BigDecimal number) {
				increment(operation.key(), number);
			}
			else if (operation.name().equals(StateLog.PUT)) {
				put(operation.key(), operation.value());
			}
			else if (operation.name().equals(StateLog.APPEND)) {
				append(operation.key(), operation.value());
			}
			else {
				remove(operation.key());
			}
		}
	}

	/**
	 * Refuses edits in place by the body of a step. For internal use.
	 * @param log the log of the step
	 * @param step the key of the step, for the message
	 * @throws IllegalStateException if a value was edited in place
	 */
	public synchronized void requireNoEdits(StateLog log, String step) {
		log.requireNoEdits(step, this.values);
	}

	private @Nullable StateLog log() {
		Supplier<@Nullable StateLog> known = this.logs;
		return (known != null) ? known.get() : null;
	}

	/** Logs that a value is handed out which could be edited in place. */
	@Nullable Object handedOut(@Nullable Object key, @Nullable Object value) {
		if ((value instanceof Map || value instanceof List) && key instanceof String name) {
			StateLog log = log();
			if (log != null) {
				log.handsOut(name, value);
			}
		}
		return value;
	}

	/**
	 * Returns a value as an instance of a type.
	 * @param key the key
	 * @param type the target type
	 * @param <T> the target type
	 * @return the value, or {@code null} if there is none; a copy, unless the plain value
	 * already has the type
	 * @throws IllegalArgumentException if the value does not fit the type
	 */
	public synchronized <T> @Nullable T get(String key, Class<T> type) {
		try {
			return Json.convert(handedOut(key, this.values.get(key)), type);
		}
		catch (RuntimeException ex) {
			throw mismatch(key, type.getSimpleName(), ex);
		}
	}

	/**
	 * Returns a value as an instance of a generic type, such as a list of records.
	 * @param key the key
	 * @param type the target type
	 * @param <T> the target type
	 * @return a copy of the value, or {@code null} if there is none
	 * @throws IllegalArgumentException if the value does not fit the type
	 */
	@SuppressWarnings("unchecked") // it is read as that type
	public synchronized <T> @Nullable T get(String key, ParameterizedTypeReference<T> type) {
		try {
			return (T) Json.convert(handedOut(key, this.values.get(key)), type.getType());
		}
		catch (RuntimeException ex) {
			throw mismatch(key, type.getType().getTypeName(), ex);
		}
	}

	private static IllegalArgumentException mismatch(String key, String type, RuntimeException ex) {
		return new IllegalArgumentException(
				"The session state '" + key + "' cannot be read as " + type + ": " + ex.getMessage(), ex);
	}

	/**
	 * Returns the whole state as an instance of a type, such as a record.
	 * @param type the target type
	 * @param <T> the target type
	 * @return a copy of the state
	 */
	public synchronized <T> T as(Class<T> type) {
		return Objects.requireNonNull(Json.convert(copy(), type));
	}

	/**
	 * Replaces the whole state with the fields of a record or a map.
	 * @param state a record, a bean or a map
	 * @throws UnstorableValueException if it cannot be stored
	 */
	public synchronized void replaceWith(Object state) {
		if (!(StatePlain.whole(state) instanceof Map<?, ?> fields)) {
			throw new UnstorableValueException("The session state",
					"a " + state.getClass().getSimpleName() + " is not a JSON object; pass a record or a map");
		}
		this.size.require(Json.write(fields));
		clear();
		this.size.begin("");
		fields.forEach((key, value) -> put(String.valueOf(key), value));
	}

	/**
	 * Adds to a number. A missing key counts as 0. If the stored number has a fraction,
	 * it is kept, but the result is returned without it.
	 * @param key the key
	 * @param by the number to add
	 * @return the sum as this run sees it
	 * @throws IllegalArgumentException if the value is not a number
	 * @throws ArithmeticException if the sum is too large for a long; the state stays as
	 * it is
	 */
	public synchronized long increment(String key, long by) {
		return apply(key, new StateDelta.Increment(by)).longValue();
	}

	/**
	 * Adds to a number with decimal arithmetic: 0.1 and 0.2 make 0.3. A missing key
	 * counts as 0.
	 * @param key the key
	 * @param by the finite number to add
	 * @return the sum as this run sees it, as the nearest double
	 * @throws IllegalArgumentException if the value is not a number
	 * @throws ArithmeticException if the sum is too large for a double; the state stays
	 * as it is
	 */
	public synchronized double increment(String key, double by) {
		StatePlain.require(key, by);
		return apply(key, new StateDelta.Increment(by)).doubleValue();
	}

	/**
	 * Adds to a number with decimal arithmetic. A missing key counts as 0.
	 * @param key the key
	 * @param by the number to add
	 * @return the sum as this run sees it
	 * @throws IllegalArgumentException if the value is not a number
	 */
	public synchronized BigDecimal increment(String key, BigDecimal by) {
		StatePlain.require(key, by);
		return StateDelta.Increment.decimal(apply(key, new StateDelta.Increment(by)));
	}

	/**
	 * Adds an item to the end of a list. A missing key counts as an empty list.
	 * @param key the key
	 * @param item the item
	 * @throws IllegalArgumentException if the value is not a list
	 * @throws UnstorableValueException if the item cannot be stored
	 */
	public synchronized void append(String key, @Nullable Object item) {
		Object plain = StatePlain.require(key, item);
		StateDelta delta = new StateDelta.Append(plain);
		set(key, delta.apply(key, this.values.get(key)), plain);
		remember(key, delta);
	}

	@Override
	public synchronized @Nullable Object get(@Nullable Object key) {
		return handedOut(key, this.values.get(key));
	}

	synchronized Map<String, @Nullable Object> copy() {
		return new LinkedHashMap<>(this.values);
	}

	@Override
	public synchronized boolean containsKey(@Nullable Object key) {
		return this.values.containsKey(key);
	}

	@Override
	public synchronized int size() {
		return this.values.size();
	}

	/**
	 * Sets a value.
	 * @param key the key
	 * @param value a string, number, boolean, {@code null}, or any value that can be
	 * written to JSON and read back
	 * @return the previous value
	 * @throws UnstorableValueException if the value does not survive JSON
	 */
	@Override
	public synchronized @Nullable Object put(String key, @Nullable Object value) {
		Object plain = StatePlain.require(key, value);
		Object before = set(key, plain, plain);
		this.deltas.put(key, List.of());
		StateLog log = log();
		if (log != null) {
			log.put(key, plain);
		}
		return before;
	}

	/** Sets a value, unless that makes the state too large. */
	private @Nullable Object set(String key, @Nullable Object value, @Nullable Object added) {
		boolean known = this.values.containsKey(key);
		keepOriginal(key);
		Object before = this.values.put(key, value);
		try {
			this.size.add(key, added);
		}
		catch (UnstorableValueException ex) {
			if (known) {
				this.values.put(key, before);
			}
			else {
				this.values.remove(key);
			}
			throw ex;
		}
		return before;
	}

	@Override
	public synchronized @Nullable Object putIfAbsent(String key, @Nullable Object value) {
		return super.putIfAbsent(key, value);
	}

	@Override
	public synchronized @Nullable Object computeIfAbsent(String key,
			Function<? super String, ? extends @Nullable Object> value) {
		return super.computeIfAbsent(key, value);
	}

	@Override
	public synchronized @Nullable Object computeIfPresent(String key,
			BiFunction<? super String, ? super Object, ? extends @Nullable Object> value) {
		return super.computeIfPresent(key, value);
	}

	@Override
	public synchronized @Nullable Object compute(String key,
			BiFunction<? super String, ? super @Nullable Object, ? extends @Nullable Object> value) {
		return super.compute(key, value);
	}

	@Override
	public synchronized @Nullable Object merge(String key, Object value,
			BiFunction<? super Object, ? super Object, ? extends @Nullable Object> combined) {
		return super.merge(key, value, combined);
	}

	@Override
	public synchronized @Nullable Object remove(@Nullable Object key) {
		if (key instanceof String name) {
			keepOriginal(name);
			this.deltas.put(name, List.of());
			StateLog log = log();
			if (log != null) {
				log.remove(name);
			}
		}
		return this.values.remove(key);
	}

	@Override
	public synchronized void clear() {
		Set.copyOf(this.values.keySet()).forEach(this::remove);
	}

	/**
	 * Returns a snapshot of the entries; removing and setting them writes through.
	 */
	@Override
	public Set<Map.Entry<String, @Nullable Object>> entrySet() {
		return new StateEntries(this);
	}

	/**
	 * Returns the state's JSON if it differs from the stored one.
	 * @return the JSON text of the whole state, or {@code null} if nothing changed
	 * @throws UnstorableValueException if an edit in place left a value that cannot be
	 * stored
	 */
	public synchronized @Nullable String changed() {
		String current = json();
		if (this.stored == null && !this.base.equals("{}")) {
			// store the state, else the defaults would come back, even removed ones
			return this.size.require(current);
		}
		return isStored(current) ? null : this.size.require(current);
	}

	/**
	 * Makes the state as it is now the one that later changes are compared with, as if it
	 * had been stored. For internal use.
	 */
	public synchronized void rebase() {
		String now = json();
		this.stored = now;
		this.base = now;
		this.overridden = false;
		this.deltas.clear();
		this.originals = new StateOriginals();
	}

	/** Compares by value: databases may change whitespace and the order of keys. */
	private boolean isStored(String current) {
		String before = (this.stored != null) ? this.stored : "{}";
		if (current.equals(before)) {
			return true;
		}
		if (this.originals.differFrom(this.values)) {
			return false;
		}
		String written = Json.write(Json.readMap(before));
		return current.equals(written)
				|| (current.length() == written.length() && Json.readTree(current).equals(Json.readTree(written)));
	}

	/** With a scope's overrides, the values in memory are not the stored ones. */
	private void keepOriginal(String key) {
		if (!this.overridden) {
			this.originals.keep(key, this.values);
		}
	}

	/**
	 * Merges this copy with the state that another run has stored meanwhile, key by key.
	 * A change of only one side is taken over, increments and appends are replayed, and
	 * if both sides set the same key, this copy wins.
	 * @param storedNow the state that is stored now, or {@code null}
	 * @return the merged state, and the keys that both sides set
	 */
	public synchronized MergedState mergeWith(@Nullable String storedNow) {
		Map<String, @Nullable Object> theirs = Json.readMap((storedNow != null) ? storedNow : this.base);
		StateMerge merge = StateMerge.of(Json.readMap(this.base), Json.readMap(json()), theirs, this.deltas);
		return new MergedState(this.size.require(merge.json()), merge.conflicts());
	}

	/**
	 * Returns what this copy has changed since it was opened, for the record of the run.
	 * For internal use.
	 * @return the changed keys, each with its value {@code before} and {@code after}, if
	 * it had one; large values are left out with a note
	 */
	public synchronized Map<String, @Nullable Object> changes() {
		return StateChanges.between(Json.readMap(this.base), Json.readMap(json()));
	}

	private String json() {
		this.values.forEach(StatePlain::requireSurvivalOf);
		try {
			return StorableJson.require("The session state", this.values);
		}
		catch (UnstorableValueException ex) {
			this.values.forEach(StatePlain::json);
			throw ex;
		}
	}

	private Number apply(String key, StateDelta.Increment delta) {
		Number sum = delta.apply(key, this.values.get(key));
		Object plain = StatePlain.require(key, sum);
		keepOriginal(key);
		this.values.put(key, plain);
		remember(key, delta);
		return sum;
	}

	/**
	 * A key that was set has an empty list of deltas, since later deltas are part of the
	 * set value.
	 */
	private void remember(String key, StateDelta delta) {
		StateLog log = log();
		if (log != null) {
			log.delta(key, delta);
		}
		List<StateDelta> known = this.deltas.get(key);
		if (known == null) {
			this.deltas.put(key, new ArrayList<>(List.of(delta)));
		}
		else if (!known.isEmpty()) {
			known.add(delta);
		}
	}

	private static void merge(Map<String, @Nullable Object> target, Map<?, ?> source) {
		source.forEach((key, value) -> {
			if (value instanceof Map<?, ?> inner && target.get(key) instanceof Map<?, ?> nested) {
				@SuppressWarnings("unchecked") // a JSON object's keys are strings
				Map<String, @Nullable Object> into = (Map<String, @Nullable Object>) nested;
				merge(into, inner);
			}
			else {
				target.put(String.valueOf(key), value);
			}
		});
	}

	/**
	 * The outcome of a merge.
	 *
	 * @param json the merged state, a JSON object
	 * @param conflicts the keys that both sides set to different values
	 */
	public record MergedState(String json, List<String> conflicts) {
	}

}
