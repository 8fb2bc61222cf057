package buddy.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Serves the files of the console from the class path. They hold no data: the pages read
 * it from the routes.
 */
public final class ConsoleRoutes {

	private static final ClassPathResource FILES = new ClassPathResource("static/", ConsoleRoutes.class);

	private static final ClassPathResource INDEX = new ClassPathResource("static/index.html", ConsoleRoutes.class);

	private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; script-src 'self'; style-src 'self';"
			+ " img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
			+ " form-action 'self'";

	private final String path;

	/** The entity tags by path: the content of the class path does not change. */
	private final Map<String, String> tags = new ConcurrentHashMap<>();

	/**
	 * Creates the routes.
	 * @param basePath the base path of the API
	 */
	public ConsoleRoutes(String basePath) {
		this.path = path(basePath);
	}

	/**
	 * Returns the path of the console.
	 * @param basePath the base path of the API
	 * @return the path, without a slash at its end
	 */
	public static String path(String basePath) {
		return basePath + "/console";
	}

	/**
	 * Returns the routes of the files.
	 * @return the routes
	 */
	public RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.GET(this.path, (request) -> toFolder())
			.resource(RequestPredicates.path(this.path + "/"), INDEX, this::addHeaders)
			.resources(this.path + "/**", FILES, this::addHeaders)
			.build();
	}

	/** Relative, so that it is right under any context path and behind any proxy. */
	private ServerResponse toFolder() {
		return ServerResponse.status(HttpStatus.FOUND)
			.header(HttpHeaders.LOCATION, this.path.substring(this.path.lastIndexOf('/') + 1) + "/")
			.build();
	}

	private void addHeaders(Resource file, HttpHeaders headers) {
		headers.setETag(this.tags.computeIfAbsent(String.valueOf(file), (key) -> tag(file)));
		headers.setCacheControl(CacheControl.noCache());
		headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
		headers.set("X-Content-Type-Options", "nosniff");
		headers.set("Referrer-Policy", "no-referrer");
	}

	private static String tag(Resource file) {
		try (InputStream content = file.getInputStream()) {
			return '"' + DigestUtils.md5DigestAsHex(content) + '"';
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
