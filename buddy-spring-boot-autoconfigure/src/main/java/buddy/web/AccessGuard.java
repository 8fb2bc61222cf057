package buddy.web;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Refuses clients and browser pages that must not reach the routes, and writes that any
 * page could make a browser send.
 *
 * <p>
 * Without Spring Security, only clients on this machine are served that address it by one
 * of its local names and use no proxy. This also keeps out pages that use DNS rebinding.
 * With Spring Security, that decides who is served, and this guard only protects against
 * cross-site writes with the user's cookie.
 */
final class AccessGuard {

	private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

	private static final MediaType MERGE_PATCH = MediaType.valueOf("application/merge-patch+json");

	/**
	 * Set by Tomcat when it takes the client's address from a proxy and hides the proxy's
	 * headers. Whether the client is local cannot be known then.
	 */
	private static final String TOMCAT_FORWARDED = "org.apache.tomcat.request.forwarded";

	/** Headers that are added by proxies and not sent by clients. */
	private static final Pattern OF_PROXIES = Pattern
		.compile("via|cdn-loop|.*forwarded.*|x-original-(for|host|proto).*|x-varnish|x-nginx-proxy"
				+ "|(cf|x-envoy|x-proxy|proxy|fastly|x-amz-cf|x-arr|akamai|x-akamai)-.*"
				+ "|(.*-)?(client|real|connecting|remote|originating|source|user|socket|peer)-?(ip|addr|address|host)");

	private static final String JSON_WANTED = "The Content-Type must be application/json, in UTF-8";

	private final boolean secured;

	private final boolean allowRemote;

	private final List<String> allowedOrigins;

	/**
	 * Creates the guard.
	 * @param secured whether Spring Security protects the routes
	 * @param allowRemote whether remote clients are served without Spring Security
	 * @param allowedOrigins the origins of pages that may use the routes
	 */
	AccessGuard(boolean secured, boolean allowRemote, List<String> allowedOrigins) {
		this.secured = secured;
		this.allowRemote = allowRemote;
		this.allowedOrigins = allowedOrigins;
	}

	/** Refuses a client or a page that is not allowed. */
	void checkClient(HttpServletRequest request) {
		checkClient(request, SAFE.contains(HttpMethod.valueOf(request.getMethod())));
	}

	/**
	 * Refuses a client or a page that is not allowed.
	 * @param request the request
	 * @param safe whether the request is read-only
	 */
	void checkClient(HttpServletRequest request, boolean safe) {
		HttpServletRequest original = original(request);
		if (!this.secured && !this.allowRemote) {
			requireLocal(original);
		}
		if (!safe || !this.secured) {
			requireNoForeignPage(original);
		}
	}

	/**
	 * Refuses a form, whose body the container or Spring would read before any check.
	 */
	void checkNoForm(HttpServletRequest request) {
		String type = request.getContentType();
		String bare = (type != null) ? type.strip().toLowerCase(Locale.ROOT) : "";
		if (bare.startsWith("multipart/") || bare.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE)) {
			throw Problems.unsupportedMediaType(JSON_WANTED).refusal();
		}
	}

	/** Refuses a write whose body is not JSON or is not declared as JSON. */
	void checkBody(ServerRequest request) {
		boolean writes = request.method().equals(HttpMethod.POST) || request.method().equals(HttpMethod.PATCH);
		if (writes && !isEmpty(request.servletRequest())) {
			requireJson(request.servletRequest(), request.method());
		}
	}

	/** Whether the request has no body: neither a length nor a transfer encoding. */
	private static boolean isEmpty(HttpServletRequest request) {
		return request.getContentLengthLong() <= 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null
				&& request.getContentType() == null;
	}

	/**
	 * Returns the original request: a filter may have replaced client and host with those
	 * from a proxy's headers, and removed these headers.
	 */
	private static HttpServletRequest original(HttpServletRequest request) {
		ServletRequest inner = request;
		while (inner instanceof ServletRequestWrapper wrapper) {
			inner = wrapper.getRequest();
		}
		return (inner instanceof HttpServletRequest original) ? original : request;
	}

	private static void requireLocal(HttpServletRequest request) {
		String advice = "; add Spring Security, or set buddy.web.allow-remote=true if everyone who can reach this port may"
				+ " run workflows and read their results";
		if (!LocalAddress.isLoopback(request.getRemoteAddr())) {
			throw Problems.forbiddenClient("Only clients on this machine are served" + advice).refusal();
		}
		if (request.getAttribute(TOMCAT_FORWARDED) != null
				|| Collections.list(request.getHeaderNames()).stream().anyMatch(AccessGuard::tellsAProxy)) {
			throw Problems.forbiddenClient("Requests through a proxy are not served" + advice).refusal();
		}
		if (!LocalAddress.isLocalHost(request.getServerName())) {
			throw Problems
				.forbiddenClient("Only requests whose Host is localhost, 127.0.0.1 or [::1] are served" + advice)
				.refusal();
		}
	}

	private static boolean tellsAProxy(String header) {
		return OF_PROXIES.matcher(header.toLowerCase(Locale.ROOT)).matches();
	}

	private void requireNoForeignPage(HttpServletRequest request) {
		String origin = request.getHeader(HttpHeaders.ORIGIN);
		if (origin != null && this.allowedOrigins.contains(origin)) {
			return;
		}
		String site = request.getHeader("Sec-Fetch-Site");
		boolean foreign = (site != null) ? !(site.equals("same-origin") || site.equals("none"))
				: origin != null && !isOwn(origin, request);
		// behind a proxy the host may differ, so rely on what the browser says
		if (!this.secured && !this.allowRemote && origin != null && !isOwn(origin, request)) {
			foreign = true;
		}
		if (foreign) {
			throw Problems
				.forbiddenClient(
						"Pages of other sites are not served; buddy.web.cors.allowed-origins names those that are")
				.refusal();
		}
	}

	private static boolean isOwn(String origin, HttpServletRequest request) {
		try {
			URI uri = URI.create(origin);
			int port = (uri.getPort() >= 0) ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
			return request.getScheme().equals(uri.getScheme())
					&& request.getServerName().equalsIgnoreCase(uri.getHost()) && request.getServerPort() == port;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/**
	 * Requires JSON, which a form cannot send and which requires a CORS preflight from
	 * scripts of other sites.
	 */
	private static void requireJson(HttpServletRequest request, HttpMethod method) {
		String given = request.getContentType();
		try {
			MediaType type = (given != null) ? MediaType.parseMediaType(given) : null;
			boolean json = type != null && (MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)
					|| (method.equals(HttpMethod.PATCH) && MERGE_PATCH.equalsTypeAndSubtype(type)));
			boolean utf8 = type != null && (type.getCharset() == null || type.getCharset().name().equals("UTF-8"));
			if (!json || !utf8 || Collections.list(request.getHeaders(HttpHeaders.CONTENT_TYPE)).size() > 1) {
				throw Problems.unsupportedMediaType(JSON_WANTED).refusal();
			}
		}
		catch (IllegalArgumentException ex) {
			throw Problems.unsupportedMediaType(JSON_WANTED).refusal();
		}
	}

}
