package buddy.workflow.internal.registry;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import buddy.run.RunContext;
import buddy.workflow.UserIdResolver;
import buddy.workflow.WorkflowScope;

/**
 * Supplies the user on whose behalf sessions are accessed: the user of the enclosing
 * scope, else that of the current run, else the one that a resolver finds.
 */
public final class CurrentUser implements Supplier<@Nullable String> {

	private final List<UserIdResolver> resolvers;

	/**
	 * Creates a supplier that asks resolvers if neither a scope nor a run determines the
	 * user.
	 * @param resolvers the resolvers; the first result that is not {@code null} is used
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
