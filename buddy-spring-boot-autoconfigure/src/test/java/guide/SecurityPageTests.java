package guide;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.NoOpPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import buddy.run.RunContext;
import buddy.testkit.TestDatabase;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The configurations of the page on security, each in a server that is really asked: by
 * nobody, by a user without a role, by a viewer and by an operator.
 */
@Tag("boot-security")
class SecurityPageTests {

	private static final Path PAGE = Path.of("../src/docs/security.md");

	private static final String CALL = """
			{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hi"}}}""";

	private static final Pattern RUN_ID = Pattern.compile("\"run_id\":\"([0-9a-f-]{36})\"");

	private final HttpClient http = HttpClient.newHttpClient();

	@TempDir
	private Path folder;

	@Test
	void usersOfHttpBasicMayWhatThePageSays() throws Exception {
		try (Server server = new Server(new Properties(), Users.class, SecuritySnippets.Basic.class)) {
			requireTable(server, basic("guest"), basic("viewer"), basic("operator"));
		}
	}

	@Test
	void firstUserOfThePageIsAnOperator() throws Exception {
		Properties properties = yaml("user:");
		try (Server server = new Server(properties)) {
			String alice = basic(properties.getProperty("spring.security.user.name"),
					properties.get("spring.security.user.password").toString());
			assertThat(server.run(alice).statusCode()).isEqualTo(200);
			assertThat(server.get("/buddy/runs", alice).body()).contains("\"user_id\":\"alice\"");
		}
	}

	@Test
	void tokensMayWhatThePageSays() throws Exception {
		KeyPair keys = rsa();
		try (Server server = new Server(jwt(keys), SecuritySnippets.Jwt.class, SecuritySnippets.JwtApplication.class)) {
			requireTable(server, token(keys, "gail"), token(keys, "vera", "viewer"), token(keys, "olga", "operator"));
			assertThat(server.get("/buddy/runs", token(keys, "olga", "operator")).body())
				.contains("\"user_id\":\"olga\"")
				.doesNotContain("\"user_id\":\"vera\"");
			assertThat(server.get("/buddy/workflows", token(rsa(), "eve", "operator")).statusCode()).isEqualTo(401);
		}
	}

	@Test
	void tokensWithoutConvertedRolesAreForbidden() throws Exception {
		KeyPair keys = rsa();
		Properties properties = jwt(keys);
		properties.remove("spring.security.oauth2.resourceserver.jwt.authorities-claim-name");
		properties.remove("spring.security.oauth2.resourceserver.jwt.authority-prefix");
		try (Server server = new Server(properties, SecuritySnippets.Jwt.class)) {
			assertThat(server.get("/buddy/workflows", token(keys, "olga", "operator")).statusCode()).isEqualTo(403);
		}
	}

	/** The table of the page. */
	private static void requireTable(Server server, String guest, String viewer, String operator) throws Exception {
		assertThat(server.get("/buddy/workflows", "").statusCode()).as("nobody reads").isEqualTo(401);
		assertThat(server.get("/buddy/workflows", guest).statusCode()).as("guest reads").isEqualTo(403);
		assertThat(server.get("/buddy/workflows", viewer).statusCode()).as("viewer reads").isEqualTo(200);
		assertThat(server.get("/buddy/workflows", operator).statusCode()).as("operator reads").isEqualTo(200);
		assertThat(server.run("").statusCode()).as("nobody starts").isEqualTo(401);
		assertThat(server.run(guest).statusCode()).as("guest starts").isEqualTo(403);
		assertThat(server.run(viewer).statusCode()).as("viewer starts").isEqualTo(403);
		assertThat(server.run(operator).statusCode()).as("operator starts").isEqualTo(200);

		assertThat(server.mcp("", CALL).statusCode()).as("nobody calls a tool").isEqualTo(401);
		assertThat(server.tool(guest)).as("guest calls a tool").contains("\"isError\":true");
		assertThat(server.tool(viewer)).as("viewer calls a tool").contains("\"isError\":true");
		assertThat(server.tool(operator)).as("operator calls a tool").contains("\"isError\":false");

		String actuator = "/actuator/buddyworkflows";
		assertThat(server.get("/actuator/health", "").statusCode()).as("nobody asks for health").isEqualTo(200);
		assertThat(server.get(actuator, "").statusCode()).as("nobody asks the actuator").isEqualTo(401);
		assertThat(server.get(actuator, viewer).statusCode()).as("viewer asks the actuator").isEqualTo(403);
		assertThat(server.get(actuator, operator).statusCode()).as("operator asks the actuator").isEqualTo(200);
		HttpResponse<String> started = server.post("/buddy/workflows/waiting/runs", "{}", operator, "Prefer",
				"respond-async");
		assertThat(started.statusCode()).isEqualTo(202);
		String cancel = actuator + "/" + first(RUN_ID, started.body());
		assertThat(server.post(cancel, "{}", "").statusCode()).as("nobody cancels").isEqualTo(401);
		assertThat(server.post(cancel, "{}", viewer).statusCode()).as("viewer cancels").isEqualTo(403);
		assertThat(server.post(cancel, "{}", operator).statusCode()).as("operator cancels").isEqualTo(202);
	}

	/** The block of the page that configures tokens, with a key instead of a server. */
	private Properties jwt(KeyPair keys) throws IOException {
		Path key = Files.writeString(this.folder.resolve("key.pem"),
				"-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
						+ "\n-----END PUBLIC KEY-----\n");
		Properties properties = yaml("resourceserver:");
		assertThat(properties.remove("spring.security.oauth2.resourceserver.jwt.issuer-uri")).isNotNull();
		properties.setProperty("spring.security.oauth2.resourceserver.jwt.public-key-location", key.toUri().toString());
		return properties;
	}

	private static Properties yaml(String mark) throws IOException {
		String block = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$")
			.matcher(Files.readString(PAGE).replace("\r\n", "\n"))
			.results()
			.map((match) -> match.group(1))
			.filter((text) -> text.contains(mark))
			.findFirst()
			.orElseThrow();
		YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
		yaml.setResources(new ByteArrayResource(block.getBytes(StandardCharsets.UTF_8)));
		Properties properties = new Properties();
		properties.putAll(yaml.getObject());
		return properties;
	}

	private static String basic(String user) {
		return basic(user, "secret");
	}

	private static String basic(String user, String password) {
		return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
	}

	private static String token(KeyPair keys, String user, String... roles) throws GeneralSecurityException {
		String claims = "{\"sub\":\"" + user + "\",\"exp\":" + Instant.now().plusSeconds(600).getEpochSecond()
				+ ",\"roles\":["
				+ Arrays.stream(roles).map((role) -> "\"" + role + "\"").collect(Collectors.joining(",")) + "]}";
		String signed = encoded("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
				+ encoded(claims.getBytes(StandardCharsets.UTF_8));
		Signature signature = Signature.getInstance("SHA256withRSA");
		signature.initSign(keys.getPrivate());
		signature.update(signed.getBytes(StandardCharsets.US_ASCII));
		return "Bearer " + signed + "." + encoded(signature.sign());
	}

	private static String encoded(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	private static KeyPair rsa() throws GeneralSecurityException {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
		generator.initialize(2048);
		return generator.generateKeyPair();
	}

	private static String first(Pattern pattern, String text) {
		Matcher matcher = pattern.matcher(text);
		assertThat(matcher.find()).as(text).isTrue();
		return matcher.group(1);
	}

	/** An application with routes, MCP and actuator, and its clients. */
	private final class Server implements AutoCloseable {

		private final ConfigurableApplicationContext application;

		Server(Properties properties, Class<?>... sources) {
			Map<String, Object> all = properties.entrySet()
				.stream()
				.collect(Collectors.toMap((entry) -> entry.getKey().toString(), Map.Entry::getValue));
			this.application = new SpringApplicationBuilder(Application.class).sources(sources)
				.properties("spring.main.banner-mode=off", "buddy.scan.enabled=false", "server.port=0",
						"spring.ai.mcp.server.protocol=streamable",
						// is there for other tests
						"spring.flyway.enabled=false",
						"management.endpoints.web.exposure.include=health,buddyworkflows")
				.properties(Stream.of(TestDatabase.H2.create()).toArray(String[]::new))
				.properties(all)
				.run();
		}

		HttpResponse<String> run(String authorization) throws IOException, InterruptedException {
			return post("/buddy/workflows/echo/runs", "{\"input\":{\"text\":\"hi\"}}", authorization);
		}

		String tool(String authorization) throws IOException, InterruptedException {
			HttpResponse<String> opened = mcp(authorization, """
					{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",
					"capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""");
			String session = opened.headers().firstValue("Mcp-Session-Id").orElseThrow();
			mcp(authorization, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", "Mcp-Session-Id",
					session);
			return mcp(authorization, CALL, "Mcp-Session-Id", session).body();
		}

		HttpResponse<String> mcp(String authorization, String json, String... headers)
				throws IOException, InterruptedException {
			return post("/mcp", json, authorization,
					Stream.concat(Stream.of("Accept", "application/json, text/event-stream"), Stream.of(headers))
						.toArray(String[]::new));
		}

		HttpResponse<String> get(String path, String authorization) throws IOException, InterruptedException {
			return send(request(path, authorization).GET());
		}

		HttpResponse<String> post(String path, String json, String authorization, String... headers)
				throws IOException, InterruptedException {
			HttpRequest.Builder request = request(path, authorization).header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString(json));
			return send((headers.length > 0) ? request.headers(headers) : request);
		}

		private HttpRequest.Builder request(String path, String authorization) {
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(
					"http://localhost:" + this.application.getEnvironment().getProperty("local.server.port") + path));
			return authorization.isEmpty() ? request : request.header("Authorization", authorization);
		}

		private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
			return SecurityPageTests.this.http.send(request.build(), BodyHandlers.ofString());
		}

		@Override
		public void close() {
			this.application.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		EchoWorkflow echo() {
			return new EchoWorkflow();
		}

		@Bean
		WaitingWorkflow waiting() {
			return new WaitingWorkflow();
		}

	}

	static class Users {

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(Stream.of("guest", "viewer", "operator")
				.map((name) -> User.withUsername(name).password("{noop}secret").roles(name).build())
				.toList());
		}

		/** Instead of bcrypt, which costs each application half a second. */
		@Bean
		@SuppressWarnings("deprecation")
		PasswordEncoder passwords() {
			return new DelegatingPasswordEncoder("noop", Map.of("noop", NoOpPasswordEncoder.getInstance()));
		}

	}

	static class EchoWorkflow extends Workflow {

		String run(String text) {
			return text;
		}

	}

	/** Does nothing until it is cancelled. */
	static class WaitingWorkflow extends Workflow {

		void run() {
			CompletableFuture<Void> stopped = new CompletableFuture<>();
			RunContext.current().cancellation().onCancel(() -> stopped.complete(null));
			stopped.join();
		}

	}

}
