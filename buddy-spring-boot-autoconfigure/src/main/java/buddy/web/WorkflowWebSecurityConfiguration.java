package buddy.web;

import java.io.IOException;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.function.SingletonSupplier;

/**
 * The security filter chain of the routes, with the roles of viewers and operators.
 */
@Configuration(proxyBeanMethods = false)
public class WorkflowWebSecurityConfiguration {

	/**
	 * The bean name of the chain. An application can replace the chain with a bean of
	 * this name.
	 */
	public static final String CHAIN = "buddySecurityFilterChain";

	/** Before the application's chains, which may match any request. */
	static final int ORDER = -1000;

	@Bean(CHAIN)
	@Order(ORDER)
	SecurityFilterChain buddySecurityFilterChain(HttpSecurity http, WebSettings settings,
			ObjectProvider<GuardedPaths> paths, ObjectProvider<WorkflowWebSecurityCustomizer> customizers) {
		http.securityMatcher(routes(settings.basePath(), paths))
			.authorizeHttpRequests((requests) -> authorize(requests, settings.basePath(), settings.security()))
			.httpBasic((basic) -> basic
				.authenticationEntryPoint((request, response, failure) -> unauthorized(request, response)))
			.exceptionHandling((handling) -> handling
				.authenticationEntryPoint((request, response, failure) -> unauthorized(request, response))
				.accessDeniedHandler((request, response, failure) -> forbidden(request, response)))
			// no CSRF token is needed: writes are JSON, which forms cannot send, and
			// other sites are refused
			.csrf(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.NEVER));
		customizers.orderedStream().forEach((customizer) -> customizer.customize(http));
		return http.build();
	}

	/** Matches all but the pages, which need a login that a browser can show. */
	private static RequestMatcher routes(String basePath, ObjectProvider<GuardedPaths> paths) {
		PathPatternRequestMatcher.Builder builder = PathPatternRequestMatcher.withDefaults();
		RequestMatcher all = builder.matcher(basePath + "/**");
		SingletonSupplier<List<RequestMatcher>> pages = SingletonSupplier.of(() -> paths.orderedStream()
			.flatMap((some) -> some.get().stream())
			.filter((path) -> path.kind() == GuardedPath.Kind.PAGES)
			.<RequestMatcher>map((path) -> builder.matcher(path.path() + "/**"))
			.toList());
		return (request) -> all.matches(request)
				&& pages.obtain().stream().noneMatch((matcher) -> matcher.matches(request));
	}

	private static void authorize(
			AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry requests,
			String basePath, WebSettings.Security security) {
		String viewer = security.viewerRole();
		String operator = security.operatorRole();
		if (security.answerTokens()) {
			requests.requestMatchers(basePath + "/answers/*").permitAll();
		}
		// who is asked sees the question and may answer, which the routes decide
		requests.requestMatchers(HttpMethod.GET, basePath + "/questions").authenticated();
		requests.requestMatchers(HttpMethod.HEAD, basePath + "/questions").authenticated();
		requests.requestMatchers(HttpMethod.POST, basePath + "/runs/*/answers").authenticated();
		// schedules, nodes and budgets are matters of operations
		for (String path : new String[] { "/schedules", "/schedules/*", "/nodes", "/budgets", "/runs/*/executions" }) {
			if (operator.isEmpty()) {
				requests.requestMatchers(basePath + path).authenticated();
			}
			else {
				requests.requestMatchers(basePath + path).hasRole(operator);
			}
		}
		for (HttpMethod read : new HttpMethod[] { HttpMethod.GET, HttpMethod.HEAD }) {
			if (viewer.isEmpty() || operator.isEmpty()) {
				requests.requestMatchers(read).authenticated();
			}
			else {
				requests.requestMatchers(read).hasAnyRole(viewer, operator);
			}
		}
		if (operator.isEmpty()) {
			requests.anyRequest().authenticated();
		}
		else {
			requests.anyRequest().hasRole(operator);
		}
	}

	private static void unauthorized(HttpServletRequest request, HttpServletResponse response) throws IOException {
		response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"buddy\"");
		Problem
			.of(HttpStatus.UNAUTHORIZED, "unauthorized", "Authentication is required",
					"Sign in with a method that the application supports")
			.closingIfUnread(request)
			.write(request, response);
	}

	private static void forbidden(HttpServletRequest request, HttpServletResponse response) throws IOException {
		Problem
			.of(HttpStatus.FORBIDDEN, "forbidden", "You may not do that",
					"Viewers may read, and operators may also act")
			.closingIfUnread(request)
			.write(request, response);
	}

}
