package buddy.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Resolves buddy's exceptions from the application's own controllers to the problem
 * details of the routes. It is ordered after the application's own exception handlers.
 */
final class ProblemDetailExceptionResolver implements HandlerExceptionResolver, Ordered {

	/** After Spring MVC's own resolvers, which call the application's handlers. */
	private static final int ORDER = 100;

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		Throwable cause = ex.getCause();
		boolean wrapped = (ex instanceof CompletionException || ex instanceof ExecutionException) && cause != null;
		Problem problem = Problems.known((wrapped && cause != null) ? cause : ex);
		if (problem == null || response.isCommitted()) {
			return null;
		}
		try {
			problem.write(request, response);
		}
		catch (IOException failure) {
			throw new UncheckedIOException(failure);
		}
		return new ModelAndView();
	}

}
