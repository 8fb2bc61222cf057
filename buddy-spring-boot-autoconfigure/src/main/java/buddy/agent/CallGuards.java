package buddy.agent;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.util.function.SingletonSupplier;

import buddy.run.RunContext;
import buddy.run.ToolExecution;

/**
 * What decides about the calls of models and of tools, looked up at the first call.
 */
final class CallGuards {

	static final CallGuards NONE = new CallGuards(() -> null, List::of);

	private final SingletonSupplier<Optional<ModelCallGuard>> model;

	private final SingletonSupplier<List<ToolCallGuard>> tools;

	CallGuards(Supplier<@Nullable ModelCallGuard> model, Supplier<List<ToolCallGuard>> tools) {
		// keeps in mind also that there is none
		this.model = SingletonSupplier.of(() -> Optional.ofNullable(model.get()));
		this.tools = SingletonSupplier.of(tools);
	}

	@Nullable ModelCallGuard model() {
		return this.model.obtain().orElse(null);
	}

	/** Returns what the model is told instead of a tool's result, if a guard says so. */
	@Nullable String refusal(String agent, ToolExecution call, @Nullable RunContext run) {
		return this.tools.obtain()
			.stream()
			.map((guard) -> guard.refusal(agent, call, run))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

}
