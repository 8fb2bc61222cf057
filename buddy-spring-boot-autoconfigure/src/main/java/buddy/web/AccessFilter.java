package buddy.web;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
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

	private static final String CLOSE = "close";

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
			chain.doFilter(request, (path != null) ? new ClosingResponse(request, response) : response);
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
			response.setHeader(HttpHeaders.CONNECTION, CLOSE);
			// not where the answer is on its way already: the client would use the
			// connection
			// again
			if (CLOSE.equalsIgnoreCase(response.getHeader(HttpHeaders.CONNECTION))) {
				request.setAttribute(UNREAD, true);
			}
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

	/** Sets the header before an error is sent, since Tomcat takes none after that. */
	private static final class ClosingResponse extends HttpServletResponseWrapper {

		private final HttpServletRequest request;

		ClosingResponse(HttpServletRequest request, HttpServletResponse response) {
			super(response);
			this.request = request;
		}

		@Override
		public void sendError(int status) throws IOException {
			closeIfUnread();
			super.sendError(status);
		}

		@Override
		public void sendError(int status, String message) throws IOException {
			closeIfUnread();
			super.sendError(status, message);
		}

		private void closeIfUnread() {
			if (Problem.isUnread(this.request)) {
				setHeader(HttpHeaders.CONNECTION, CLOSE);
			}
		}

	}

}
