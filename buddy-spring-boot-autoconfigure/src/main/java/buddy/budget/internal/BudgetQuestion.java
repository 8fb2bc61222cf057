package buddy.budget.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.budget.BudgetRaise;
import buddy.budget.BudgetResource;
import buddy.budget.BudgetUsage;
import buddy.durable.QuestionOptions;

/**
 * The question whether a budget is raised. It is open until the period ends: then the run
 * goes on without an answer.
 */
final class BudgetQuestion {

	private static final String PREFIX = "budget:";

	private static final Duration MOMENT = Duration.ofSeconds(1);

	private BudgetQuestion() {
	}

	static String name(String budget) {
		return PREFIX + budget;
	}

	/** Returns the budget of a question, or null if a step is none. */
	static @Nullable String budget(String step) {
		return step.startsWith(PREFIX) ? step.substring(PREFIX.length()) : null;
	}

	static QuestionOptions options(BudgetUsage usage, BudgetResource resource, Instant now) {
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		shown.put("budget", usage.budget().name());
		shown.put("per", usage.budget().per().text());
		shown.put("scope", usage.scope());
		shown.put("resource", resource.text());
		shown.put("used", usage.used(resource));
		shown.put("limit", usage.limit(resource));
		Instant end = usage.periodEnd();
		if (end != null) {
			shown.put("period_end", end.getEpochSecond());
		}
		QuestionOptions options = QuestionOptions.showing(shown);
		String role = usage.budget().role();
		if (role != null) {
			options = options.role(role);
		}
		return (end != null) ? options.expiresIn(Duration.between(now, end).plus(MOMENT), BudgetRaise.refused())
				: options;
	}

}
