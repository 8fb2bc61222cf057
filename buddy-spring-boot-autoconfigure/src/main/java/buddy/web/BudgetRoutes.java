package buddy.web;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.budget.Budget;
import buddy.budget.BudgetResource;
import buddy.budget.BudgetUsage;
import buddy.budget.BudgetWindow;
import buddy.budget.Budgets;

/**
 * The route to list what is used of budgets in their current periods, for those who see
 * the runs of all users.
 */
final class BudgetRoutes {

	private final Supplier<@Nullable Budgets> budgets;

	private final Links links;

	BudgetRoutes(Supplier<@Nullable Budgets> budgets, WebSettings settings) {
		this.budgets = budgets;
		this.links = new Links(settings.basePath());
	}

	ServerResponse list(ServerRequest request, Caller caller) {
		Query query = Query.of(request, "name", "scope", "limit", "after");
		int limit = query.limit();
		String name = query.text("name");
		String scope = query.text("scope");
		Budgets all = this.budgets.get();
		BudgetWindow after = after(query.text("after"), all);
		caller.requireEverybody("Budgets are");
		List<BudgetUsage> found = (all != null) ? all.list(name, scope, after, limit + 1) : List.of();
		boolean more = found.size() > limit;
		List<BudgetUsage> page = more ? found.subList(0, limit) : found;
		BudgetUsage last = more ? page.get(limit - 1) : null;
		return Answer.page(page.stream().map(BudgetRoutes::view).toList(),
				(last != null) ? this.links.next(request, limit, last.budget().name() + ":" + last.scope()) : null);
	}

	/** The cursor is the name of a budget and a scope. */
	private static @Nullable BudgetWindow after(@Nullable String text, @Nullable Budgets budgets) {
		if (text == null) {
			return null;
		}
		int colon = text.indexOf(':');
		Budget budget = (colon < 0 || budgets == null) ? null
				: budgets.all()
					.stream()
					.filter((one) -> one.name().equals(text.substring(0, colon)))
					.findFirst()
					.orElse(null);
		if (budget == null) {
			throw Problems.invalidParameter("'after' must be that of the link to the next page").refusal();
		}
		return budget.window(text.substring(colon + 1), Instant.EPOCH);
	}

	private static Map<String, @Nullable Object> view(BudgetUsage usage) {
		Budget budget = usage.budget();
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("budget", budget.name());
		json.put("per", budget.per().text());
		json.put("scope", usage.scope());
		json.put("period", budget.period().name().toLowerCase(Locale.ROOT));
		Instant start = usage.periodStart();
		Instant end = usage.periodEnd();
		Views.put(json, "period_start", (start != null) ? start.getEpochSecond() : null);
		Views.put(json, "period_end", (end != null) ? end.getEpochSecond() : null);
		json.put("when_exceeded", budget.whenExceeded().name().toLowerCase(Locale.ROOT));
		for (BudgetResource resource : budget.resources()) {
			Map<String, @Nullable Object> amounts = new LinkedHashMap<>();
			amounts.put("used", usage.used(resource));
			amounts.put("limit", usage.limit(resource));
			amounts.put("raised", usage.raised(resource));
			json.put(resource.text(), amounts);
		}
		json.put("warned", usage.stored().warned());
		BudgetResource exceeded = usage.exceeded();
		Views.put(json, "exceeded", (exceeded != null) ? exceeded.text() : null);
		return json;
	}

}
