package buddy.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Routes requests to their handlers. Each request is checked first, and exceptions become
 * problem details.
 */
final class Routes {

	private final String basePath;

	private final AccessGuard guard;

	private final Callers callers;

	/** The routes by path and method. */
	private final Map<String, Map<HttpMethod, Route>> paths = new LinkedHashMap<>();

	Routes(String basePath, AccessGuard guard, Callers callers) {
		this.basePath = basePath;
		this.guard = guard;
		this.callers = callers;
	}

	/** Adds a route whose handler chooses its media type itself. */
	Routes negotiated(HttpMethod method, String path, Handler handler) {
		return add(method, path, new Route(handler, List.of()));
	}

	/** Adds a route that responds with JSON. */
	Routes json(HttpMethod method, String path, Handler handler) {
		return add(method, path, new Route(handler, List.of(Accept.JSON)));
	}

	/** Adds a route that responds with an event stream. */
	Routes events(HttpMethod method, String path, Handler handler) {
		return add(method, path, new Route(handler, List.of(Accept.EVENTS)));
	}

	private Routes add(HttpMethod method, String path, Route route) {
		this.paths.computeIfAbsent(path, (key) -> new LinkedHashMap<>()).put(method, route);
		return this;
	}

	RouterFunction<ServerResponse> build() {
		RouterFunctions.Builder router = RouterFunctions.route();
		this.paths.forEach((path, methods) -> router.route(RequestPredicates.path(this.basePath + path),
				(request) -> handle(request, methods)));
		return router.build();
	}

	private ServerResponse handle(ServerRequest request, Map<HttpMethod, Route> methods) {
		try {
			this.guard.checkClient(request.servletRequest());
			Route route = methods.get(request.method());
			if (route == null) {
				throw methodNotAllowed(request.method(), methods).refusal();
			}
			this.guard.checkBody(request);
			if (!route.offered().isEmpty()) {
				Accept.of(request, route.offered().toArray(Accept[]::new));
			}
			return route.handler().handle(request, this.callers.of(request));
		}
		catch (Exception | StackOverflowError ex) {
			return Problems.of(ex).toResponse(request);
		}
		finally {
			RequestBody.release(request.servletRequest());
		}
	}

	private static Problem methodNotAllowed(HttpMethod method, Map<HttpMethod, Route> methods) {
		String allowed = methods.keySet().stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
		return Problem
			.of(HttpStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "There is no such method here",
					"There is no " + method.name() + " here; there are " + allowed)
			.header(HttpHeaders.ALLOW, allowed);
	}

	/** Handles a request after it has been checked. */
	@FunctionalInterface
	interface Handler {

		ServerResponse handle(ServerRequest request, Caller caller);

	}

	/**
	 * A handler and the types of response that it offers.
	 */
	private record Route(Handler handler, List<Accept> offered) {
	}

}
