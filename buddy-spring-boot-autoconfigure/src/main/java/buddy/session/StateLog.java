package buddy.session;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * The operations that a step's body performs on the session's state, so that they can be
 * performed again when the step's result is handed back. What agents said that the body
 * called is among them.
 *
 * <p>
 * For internal use; it may change at any time.
 */
public final class StateLog {

	static final String PUT = "put";

	static final String REMOVE = "remove";

	static final String INCREMENT = "increment";

	static final String APPEND = "append";

	private static final String AGENT = "agent";

	private final @Nullable StateLog around;

	private final List<List<@Nullable Object>> operations = new ArrayList<>();

	/** The values that were handed out and can be edited in place, as they were. */
	private final Map<String, String> handedOut = new LinkedHashMap<>();

	/**
	 * Creates a log.
	 * @param around the log of the step around this one, which gets the same operations,
	 * or {@code null}
	 */
	public StateLog(@Nullable StateLog around) {
		this.around = around;
	}

	void put(String key, @Nullable Object value) {
		add(key, operation(PUT, key, value));
	}

	void remove(String key) {
		add(key, operation(REMOVE, key));
	}

	void delta(String key, StateDelta delta) {
		if (delta instanceof StateDelta.Increment increment) {
			// as text: a number of JSON would not tell a double from a decimal
			add(key, operation(INCREMENT, key, type(increment.by()), increment.by().toString()));
		}
		else if (delta instanceof StateDelta.Append append) {
			add(key, operation(APPEND, key, append.item()));
		}
	}

	/**
	 * Adds what an agent has said that the body called, which belongs to the record of
	 * the run.
	 * @param response the response, a JSON object
	 */
	public synchronized void agent(String response) {
		this.operations.add(operation(AGENT, "", response));
		if (this.around != null) {
			this.around.agent(response);
		}
	}

	private static String type(Number number) {
		return (number instanceof Double) ? "double" : (number instanceof Long) ? "long" : "decimal";
	}

	private static List<@Nullable Object> operation(@Nullable Object... parts) {
		List<@Nullable Object> operation = new ArrayList<>();
		for (Object part : parts) {
			operation.add(part);
		}
		return operation;
	}

	private synchronized void add(String key, List<@Nullable Object> operation) {
		this.operations.add(operation);
		this.handedOut.remove(key);
		if (this.around != null) {
			this.around.add(key, operation);
		}
	}

	/** Remembers a value that the body gets, and could edit in place. */
	synchronized void handsOut(String key, @Nullable Object value) {
		if (value instanceof Map || value instanceof List) {
			this.handedOut.computeIfAbsent(key, (name) -> Json.write(value));
		}
	}

	/**
	 * Refuses edits in place: they are no operation that could be performed again.
	 * @param step the key of the step, for the message
	 * @param now the state
	 * @throws IllegalStateException if a value was edited in place
	 */
	synchronized void requireNoEdits(String step, Map<String, @Nullable Object> now) {
		TreeSet<String> edited = new TreeSet<>();
		this.handedOut.forEach((key, before) -> {
			if (!before.equals(Json.write(now.get(key)))) {
				edited.add(key);
			}
		});
		if (!edited.isEmpty()) {
			throw new IllegalStateException("Step '" + step + "' edited the session state " + edited
					+ " in place, which cannot be recorded with the step; change a copy and put(…) it, or use append(…)"
					+ " and increment(…)");
		}
	}

	/**
	 * Returns the operations.
	 * @return a JSON array, or {@code null} if there are none
	 */
	public synchronized @Nullable String json() {
		return this.operations.isEmpty() ? null
				: StorableJson.requireExactly("What a step did to the session state", this.operations);
	}

	/** Reads the operations of a log on the state. */
	static List<Operation> read(@Nullable String operations) {
		return list(operations).stream().filter((item) -> !AGENT.equals(item.get(0))).map(Operation::of).toList();
	}

	/**
	 * Reads what agents have said that the body called.
	 * @param operations the JSON of a log, or {@code null} for none
	 * @return the responses, each a JSON object
	 */
	public static List<String> agents(@Nullable String operations) {
		return list(operations).stream()
			.filter((item) -> AGENT.equals(item.get(0)))
			.map((item) -> String.valueOf(item.get(2)))
			.toList();
	}

	private static List<List<?>> list(@Nullable String operations) {
		List<List<?>> read = new ArrayList<>();
		if (operations != null && Json.readPlain(operations) instanceof List<?> list) {
			list.forEach((item) -> read.add((List<?>) item));
		}
		return read;
	}

	/**
	 * An operation on one key.
	 *
	 * @param name what it does
	 * @param key the key
	 * @param value the value that it sets or appends
	 * @param by the number that it adds, or {@code null}
	 */
	record Operation(String name, String key, @Nullable Object value, @Nullable Number by) {

		static Operation of(List<?> parts) {
			String name = String.valueOf(parts.get(0));
			Object value = (parts.size() > 2) ? parts.get(2) : null;
			Number by = name.equals(INCREMENT) ? number(String.valueOf(value), String.valueOf(parts.get(3))) : null;
			return new Operation(name, String.valueOf(parts.get(1)), value, by);
		}

		private static Number number(String type, String text) {
			return switch (type) {
				case "double" -> Double.valueOf(text);
				case "long" -> Long.valueOf(text);
				default -> new BigDecimal(text);
			};
		}

	}

}
