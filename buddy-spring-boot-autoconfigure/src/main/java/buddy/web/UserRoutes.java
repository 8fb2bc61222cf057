package buddy.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.session.Ids;
import buddy.storage.UserErasure;

/**
 * The route to erase what is stored of a user, for those who see the runs of all users.
 */
final class UserRoutes {

	private final Supplier<@Nullable UserErasure> erasure;

	UserRoutes(Supplier<@Nullable UserErasure> erasure) {
		this.erasure = erasure;
	}

	ServerResponse erase(ServerRequest request, Caller caller) {
		Query.of(request);
		String userId = Objects.requireNonNull(Ids.requireUserId(request.pathVariable("id")));
		caller.requireEverybody("Erasing users is");
		UserErasure all = this.erasure.get();
		if (all == null) {
			throw Problem
				.of(HttpStatus.NOT_IMPLEMENTED, "users-not-erased", "The application cannot erase users",
						"Its store of sessions and runs has no UserErasure beside it")
				.refusal();
		}
		return Answer.ok(view(all.eraseUser(userId, caller.userId())));
	}

	private static Map<String, @Nullable Object> view(UserErasure.Report report) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("sessions", report.sessions());
		json.put("runs", report.runs());
		json.put("unfinished_runs", report.unfinishedRuns());
		json.put("schedules", report.schedules());
		json.put("budgets", report.budgets());
		json.put("questions", report.questions());
		json.put("audit_entries", report.auditEntries());
		return json;
	}

}
