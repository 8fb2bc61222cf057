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
 * Refuses clients and browser pages that must not reach the routes, and writes that a
 * browser would send for any page.
 *
 * <p>
 * Without Spring Security, only a client on this machine is served, that speaks to this
 * machine by a name of its own and through nobody else: no proxy, and no page of a site
 * whose name was made to lead here. With it, Spring Security decides who is served, and
 * what is left here is that a page of another site makes no write with the user's cookie.
 */
final class AccessGuard {

	private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

	private static final MediaType MERGE_PATCH = MediaType.valueOf("application/merge-patch+json");

	/**
	 * Set by Tomcat where it takes a proxy's word for the client's address, and hides the
	 * headers that tell of one: who is local cannot be known there.
	 */
	private static final String TOMCAT_FORWARDED = "org.apache.tomcat.request.forwarded";

	/** Headers that proxies add, and that no client of its own sends. */
	private static final Pattern OF_PROXIES = Pattern
		.compile("via|cdn-loop|.*forwarded.*|x-original-(for|host|proto).*|x-varnish|x-nginx-proxy"
				+ "|(cf|x-envoy|x-proxy|proxy|fastly|x-amz-cf|x-arr|akamai|x-akamai)-.*"
				+ "|(.*-)?(client|real|connecting|remote|originating|source|user|socket|peer)-?(ip|addr|address|host)");

	private static final String JSON_WANTED = "The Content-Type must be application/json, in UTF-8";

	private final boolean secured;

	private final boolean allowRemote;

	private final List<String> allowedOrigins;

	/**
	 * Guards the routes.
	 * @param secured whether Spring Security stands before them
	 * @param allowRemote whether others than clients on this machine are served if not
	 * @param allowedOrigins origins of pages that may use them
	 */
	AccessGuard(boolean secured, boolean allowRemote, List<String> allowedOrigins) {
		this.secured = secured;
		this.allowRemote = allowRemote;
		this.allowedOrigins = allowedOrigins;
	}

	/** Refuses a client that must not be served, or a page. */
	void checkClient(HttpServletRequest request) {
		checkClient(request, SAFE.contains(HttpMethod.valueOf(request.getMethod())));
	}

	/**
	 * Refuses a client that must not be served, or a page.
	 * @param request the request
	 * @param safe whether the request changes nothing
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
	 * Refuses a form, which the container or Spring would read before anybody is asked.
	 */
	void checkNoForm(HttpServletRequest request) {
		String type = request.getContentType();
		String bare = (type != null) ? type.strip().toLowerCase(Locale.ROOT) : "";
		if (bare.startsWith("multipart/") || bare.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE)) {
			throw Problems.unsupportedMediaType(JSON_WANTED).refusal();
		}
	}

	/** Refuses a write whose body is not JSON, or says that it is not. */
	void checkBody(ServerRequest request) {
		boolean writes = request.method().equals(HttpMethod.POST) || request.method().equals(HttpMethod.PATCH);
		if (writes && !isEmpty(request.servletRequest())) {
			requireJson(request.servletRequest(), request.method());
		}
	}

	/** A request that says nothing of a body has none. */
	private static boolean isEmpty(HttpServletRequest request) {
		return request.getContentLengthLong() <= 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null
				&& request.getContentType() == null;
	}

	/**
	 * The request as it came in: a filter may have taken a proxy's word for client and
	 * host, and the headers that tell it away.
	 */
	private static HttpServletRequest original(HttpServletRequest request) {
		ServletRequest inner = request;
		while (inner instanceof ServletRequestWrapper wrapper) {
			inner = wrapper.getRequest();
		}
		return (inner instanceof HttpServletRequest original) ? original : request;
	}

	private static void requireLocal(HttpServletRequest request) {
		String advice = "; add Spring Security, or set buddy.web.allow-remote=true if whoever can reach this port may"
				+ " run workflows and read what they said";
		if (!LocalAddress.isLoopback(request.getRemoteAddr())) {
			throw Problems.forbiddenClient("Only clients on this machine are served" + advice).refusal();
		}
		if (request.getAttribute(TOMCAT_FORWARDED) != null
				|| Collections.list(request.getHeaderNames()).stream().anyMatch(AccessGuard::tellsAProxy)) {
			throw Problems.forbiddenClient("Requests through a proxy are not served" + advice).refusal();
		}
		if (!LocalAddress.isLocalHost(request.getServerName())) {
			throw Problems
				.forbiddenClient("Only requests to localhost, 127.0.0.1 or [::1] are served, by that name" + advice)
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
		// behind a proxy the host may be another one, and the browser's word is the
		// better
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

	/** No form sends JSON, and a script of another site must ask first whether it may. */
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
