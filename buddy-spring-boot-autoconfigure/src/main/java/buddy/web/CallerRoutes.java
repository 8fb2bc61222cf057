package buddy.web;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The route that tells callers who they are, and what they may do.
 */
final class CallerRoutes {

	private CallerRoutes() {
	}

	static ServerResponse find(ServerRequest request, Caller caller) {
		Query.of(request);
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		Views.put(json, "user_id", caller.userId());
		json.put("operator", caller.operator());
		json.put("everybody", caller.everybody());
		return Answer.ok(json);
	}

}
