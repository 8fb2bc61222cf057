package buddy.web;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

import buddy.web.GuardedPath.Kind;

/**
 * Refuses clients, queries, headers and sizes that are not allowed, before anything else
 * reads the request. It is ordered before Spring Security and reads no body.
 */
final class AccessFilter extends OncePerRequestFilter {

	/** Set on a refused request whose body was not read. */
	static final String UNREAD = AccessFilter.class.getName() + ".UNREAD";

	private static final int REFUSED = 400;

	private final AccessGuard guard;

	private final Supplier<List<GuardedPath>> paths;

	private final long mostBytes;

	/**
	 * Creates the filter.
	 * @param guard decides which clients are allowed
	 * @param paths the guarded paths
	 * @param mostBytes the maximum size of a request body in bytes
	 */
	AccessFilter(AccessGuard guard, Supplier<List<GuardedPath>> paths, long mostBytes) {
		this.guard = guard;
		this.paths = paths;
		this.mostBytes = mostBytes;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		GuardedPath path = find(this.paths.get(), request);
		Problem problem = (path != null) ? refusal(request, path) : null;
		if (problem != null) {
			problem.closingIfUnread(request).write(request, response);
		}
		else {
			chain.doFilter(request, response);
		}
		if (path != null) {
			closeIfUnread(request, response);
		}
	}

	/**
	 * Closes the connection of a refused request if its body was not read, whoever
	 * refused it.
	 */
	private static void closeIfUnread(HttpServletRequest request, HttpServletResponse response) {
		if (response.getStatus() >= REFUSED && !request.isAsyncStarted() && Problem.isUnread(request)) {
			request.setAttribute(UNREAD, true);
			response.setHeader(HttpHeaders.CONNECTION, "close");
		}
	}

	private @Nullable Problem refusal(HttpServletRequest request, GuardedPath path) {
		try {
			if (path.kind() == Kind.MCP) { // even a GET opens a session there
				this.guard.checkClient(request, false);
			}
			else {
				this.guard.checkClient(request);
			}
			RequestSyntax.check(request);
			this.guard.checkNoForm(request);
			if (request.getContentLengthLong() > this.mostBytes) {
				throw Problems.tooLarge(this.mostBytes).refusal();
			}
			return null;
		}
		catch (Problem.Refusal ex) {
			return ex.problem();
		}
	}

	/** Finds the guarded path of a request, as decoded by the container. */
	static @Nullable GuardedPath find(List<GuardedPath> paths, HttpServletRequest request) {
		String within = (request.getPathInfo() != null) ? request.getPathInfo() : request.getServletPath();
		return paths.stream().filter((path) -> path.holds(within)).findFirst().orElse(null);
	}

}
