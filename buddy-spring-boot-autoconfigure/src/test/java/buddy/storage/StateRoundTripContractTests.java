package buddy.storage;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

import org.junit.jupiter.api.Test;

import buddy.run.RunStatus;
import buddy.session.SessionState;
import buddy.session.StateValueTests;
import buddy.testkit.TestRun;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random values are put, stored and read again: the next run has what this one had.
 */
public abstract class StateRoundTripContractTests {

	private static final long SEED = 20_260_301;

	private static final int ROUNDS = 40;

	private static final int KEYS = 25;

	private final Random random = new Random(SEED);

	/** An empty store. */
	protected abstract WorkflowSessionRepository emptyRepository();

	@Test
	void whatIsPutIsWhatTheNextRunGets() {
		WorkflowSessionRepository repository = emptyRepository();
		for (int round = 0; round < ROUNDS; round++) {
			SessionState state = SessionState.open("{}", Map.of(), Map.of());
			Map<String, Object> put = new LinkedHashMap<>();
			for (int key = 0; key < KEYS; key++) {
				Object value = value(0);
				state.put("k" + key, value);
				put.put("k" + key, value);
			}
			SessionState next = SessionState.open(stored(repository, round, state), Map.of(), Map.of());
			String where = "seed " + SEED + ", round " + round + ": ";
			assertThat(next).as(where).isEqualTo(state);
			put.forEach((key, value) -> requireSame(where + key, value, next.get((Object) key)));
			assertThat(next.changed()).as(where + "read only").isNull();
		}
	}

	private String stored(WorkflowSessionRepository repository, int round, SessionState state) {
		String session = "s" + round;
		NewRun run = TestRun.of("r" + round).session(session).user("alice").newRun();
		OpenedSession opened = repository.begin(run);
		repository.end(new RunEnd(run, opened.recorded(), RunStatus.COMPLETED, "{}", null, 2000,
				new RunEnd.StateChange(Objects.requireNonNull(state.changed()), opened.session().version())));
		return Objects.requireNonNull(repository.find(session).orElseThrow().state());
	}

	private Object value(int depth) {
		int kinds = (depth < 3) ? 12 : 9;
		return switch (this.random.nextInt(kinds)) {
			case 0 -> this.random.nextInt();
			case 1 -> this.random.nextLong();
			case 2 -> this.random.nextDouble() * Math.pow(10, this.random.nextInt(40) - 20);
			case 3 -> this.random.nextFloat();
			case 4 ->
				new BigDecimal(new BigInteger(this.random.nextInt(200), this.random), this.random.nextInt(60) - 20);
			case 5 -> new BigInteger(this.random.nextInt(300), this.random);
			case 6 -> this.random.nextBoolean();
			case 7 -> text();
			case 8 -> (short) this.random.nextInt(Short.MAX_VALUE);
			case 9 -> new StateValueTests.Fractions(this.random.nextFloat(), this.random.nextGaussian(),
					BigDecimal.valueOf(this.random.nextInt(), 2));
			case 10 -> {
				List<Object> list = new ArrayList<>();
				for (int i = this.random.nextInt(4); i > 0; i--) {
					list.add(value(depth + 1));
				}
				yield list;
			}
			default -> {
				Map<String, Object> map = new LinkedHashMap<>();
				for (int i = this.random.nextInt(4); i > 0; i--) {
					map.put(text(), value(depth + 1));
				}
				yield map;
			}
		};
	}

	private String text() {
		StringBuilder text = new StringBuilder();
		for (int i = this.random.nextInt(8); i > 0; i--) {
			text.appendCodePoint(1 + this.random.nextInt(0xD7FE));
		}
		return text.append(Character.toChars(0x1F600)).toString();
	}

	private static void requireSame(String where, Object put, Object got) {
		if (put instanceof Number number) {
			assertThat(got).as(where).isInstanceOf(Number.class);
			assertThat(new BigDecimal(got.toString())).as(where)
				.isEqualByComparingTo(new BigDecimal(number.toString()));
			if (number instanceof BigDecimal decimal && decimal.scale() > 0) {
				assertThat(got).as(where).isEqualTo(decimal);
			}
		}
		else if (put instanceof List<?> list) {
			List<?> items = (List<?>) got;
			assertThat(items).as(where).hasSameSizeAs(list);
			for (int i = 0; i < list.size(); i++) {
				requireSame(where + "[" + i + "]", list.get(i), items.get(i));
			}
		}
		else if (put instanceof Map<?, ?> map) {
			assertThat(((Map<?, ?>) got).keySet()).as(where).isEqualTo(map.keySet());
			map.forEach((key, item) -> requireSame(where + "." + key, item,
					Objects.requireNonNull(((Map<?, ?>) got).get(key))));
		}
		else if (put instanceof StateValueTests.Fractions fractions) {
			Map<?, ?> map = (Map<?, ?>) got;
			requireSame(where + ".f", fractions.f(), map.get("f"));
			requireSame(where + ".d", fractions.d(), map.get("d"));
			requireSame(where + ".decimal", fractions.decimal(), map.get("decimal"));
		}
		else {
			assertThat(got).as(where).isEqualTo(put);
		}
	}

}
