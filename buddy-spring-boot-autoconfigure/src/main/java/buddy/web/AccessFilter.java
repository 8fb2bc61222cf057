package buddy.web;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

import buddy.web.GuardedPath.Kind;

/**
 * Refuses clients, queries, headers and sizes before anything else reads a request. It
 * stands before Spring Security, and reads no body.
 */
final class AccessFilter extends OncePerRequestFilter {

	private final AccessGuard guard;

	private final Supplier<List<GuardedPath>> paths;

	private final long mostBytes;

	/**
	 * Creates the filter.
	 * @param guard decides which clients are served
	 * @param paths what is guarded
	 * @param mostBytes how many bytes the body of a request may have
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
			Refusals.write(request, response, problem);
		}
		else {
			chain.doFilter(request, response);
		}
		if (path != null) {
			Refusals.closeIfUnread(request, response);
		}
	}

	private @Nullable Problem refusal(HttpServletRequest request, GuardedPath path) {
		try {
			if (path.kind() == Kind.MCP) { // also a read opens a session there
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

	/** The path that a request is for, as the container has decoded it. */
	static @Nullable GuardedPath find(List<GuardedPath> paths, HttpServletRequest request) {
		String within = (request.getPathInfo() != null) ? request.getPathInfo() : request.getServletPath();
		return paths.stream().filter((path) -> path.holds(within)).findFirst().orElse(null);
	}

}
