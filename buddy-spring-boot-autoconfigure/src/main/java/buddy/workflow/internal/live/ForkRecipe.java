package buddy.workflow.internal.live;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a run was forked from another one.
 *
 * @param before the key of the first step that the fork executes itself
 * @param at when that step began in the original, in milliseconds since the epoch
 * @param calls how many other workflows the body of the original had called before
 * @param rebase whether the original has completed, so that its changes of the session's
 * state are stored already
 */
public record ForkRecipe(String before, long at, int calls, boolean rebase) {

	static ForkRecipe read(Map<?, ?> fork) {
		return new ForkRecipe(String.valueOf(fork.get("before")), Long.parseLong(String.valueOf(fork.get("at"))),
				(fork.get("calls") instanceof Number calls) ? calls.intValue() : Integer.MAX_VALUE,
				Boolean.TRUE.equals(fork.get("rebase")));
	}

	Map<String, Object> map() {
		Map<String, Object> fork = new LinkedHashMap<>();
		fork.put("before", this.before);
		fork.put("at", this.at);
		fork.put("calls", this.calls);
		fork.put("rebase", this.rebase);
		return fork;
	}

}
