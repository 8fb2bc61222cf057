package benchmarks.run;

/**
 * Counts in the text of a session's state, without a parser.
 */
final class RawState {

	private static final String KEY = "\"" + LedgerWorkflow.COUNT + "\":";

	private RawState() {
	}

	static long count(String state) {
		int begin = begin(state);
		return Long.parseLong(state, begin, end(state, begin), 10);
	}

	static String incremented(String state) {
		int begin = begin(state);
		int end = end(state, begin);
		return state.substring(0, begin) + (Long.parseLong(state, begin, end, 10) + 1) + state.substring(end);
	}

	private static int begin(String state) {
		int begin = state.indexOf(KEY);
		if (begin < 0) {
			throw new IllegalStateException("No " + KEY + " in the state: " + state);
		}
		begin += KEY.length();
		return (state.charAt(begin) == ' ') ? begin + 1 : begin;
	}

	private static int end(String state, int begin) {
		int end = begin;
		while (Character.isDigit(state.charAt(end))) {
			end++;
		}
		return end;
	}

}
