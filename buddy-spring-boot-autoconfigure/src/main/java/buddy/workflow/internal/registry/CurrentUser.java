package buddy.workflow.internal.registry;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.run.RunContext;
import buddy.workflow.UserIdResolver;
import buddy.workflow.WorkflowScope;

/**
 * Tells whose a look at the sessions is: the enclosing scope's user, else that of the run
 * in progress, else whom a resolver finds.
 */
public final class CurrentUser implements Supplier<@Nullable String> {

	private final List<UserIdResolver> resolvers;

	/**
	 * Asks resolvers where neither a scope nor a run tells.
	 * @param resolvers the first that knows one wins
	 */
	public CurrentUser(List<UserIdResolver> resolvers) {
		this.resolvers = List.copyOf(resolvers);
	}

	@Override
	public @Nullable String get() {
		String scoped = WorkflowScope.current().userId();
		if (scoped != null) {
			return scoped;
		}
		RunContext run = RunContext.current();
		if (run != null) {
			return run.userId();
		}
		return this.resolvers.stream()
			.map((resolver) -> resolver.resolve(null))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

}
