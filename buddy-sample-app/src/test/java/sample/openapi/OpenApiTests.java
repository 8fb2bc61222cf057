package sample.openapi;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openapitools.codegen.DefaultGenerator;
import org.openapitools.codegen.config.CodegenConfigurator;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.databind.JsonNode;

import buddy.json.internal.Json;

import static java.util.stream.Collectors.toSet;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample's OpenAPI document, and the client that openapi-generator makes of it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = "spring.datasource.url=jdbc:h2:mem:sample-openapi")
class OpenApiTests {

	private static final Pattern PATH = Pattern.compile("/buddy/[^\\s)]+");

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	@Qualifier("buddyRoutes")
	private RouterFunction<ServerResponse> routes;

	@LocalServerPort
	private int port;

	@TempDir
	private Path folder;

	@Test
	void everyWorkflowHasARunRouteOfItsOwnInput() throws Exception {
		JsonNode document = Json.readTree(get("/v3/api-docs").body());
		assertThat(document.path("openapi").asString()).startsWith("3.1");
		JsonNode run = document.at("/paths/~1buddy~1workflows~1research~1runs/post");
		assertThat(run.path("operationId").asString()).isEqualTo("runResearch");
		assertThat(run.at("/responses/200/content").propertyNames()).contains("application/json", "text/event-stream");
		assertThat(document.at("/components/schemas/ResearchInput/properties/topic/type").asString())
			.isEqualTo("string");
		assertThat(document.at("/components/schemas/ResearchInput/required/0").asString()).isEqualTo("topic");
		assertThat(document.at("/components/schemas/FanOutInput/properties/topics/items/type").asString())
			.isEqualTo("string");
		assertThat(document.path("paths").propertyNames()).contains("/buddy/workflows", "/buddy/workflows/{id}",
				"/buddy/runs", "/buddy/runs/{id}", "/buddy/runs/{id}/events", "/buddy/runs/{id}/cancel",
				"/buddy/runs/{id}/steps", "/buddy/runs/{id}/executions", "/buddy/runs/{id}/resume",
				"/buddy/runs/{id}/retry", "/buddy/runs/{id}/fork", "/buddy/runs/{id}/verify",
				"/buddy/runs/{id}/answers", "/buddy/questions", "/buddy/audit", "/buddy/budgets", "/buddy/schedules",
				"/buddy/schedules/{id}", "/buddy/nodes", "/buddy/stats", "/buddy/answers/{token}",
				"/buddy/workflows/{id}/verify", "/buddy/sessions", "/buddy/sessions/{id}", "/buddy/sessions/{id}/runs",
				"/buddy/sessions/{id}/export");
	}

	@Test
	void documentHasThePathsAndMethodsThatAreServed() throws Exception {
		Map<String, Set<String>> served = new TreeMap<>();
		for (String path : PATH.matcher(this.routes.toString()).results().map(MatchResult::group).toList()) {
			HttpResponse<String> refused = send(request(path.replaceAll("\\{\\w+}", "research")).method("PUT",
					HttpRequest.BodyPublishers.noBody()));
			assertThat(refused.statusCode()).as(path).isEqualTo(405);
			served.put(path, Set.of(refused.headers().firstValue("Allow").orElseThrow().split(", ")));
		}
		Map<String, Set<String>> described = new TreeMap<>();
		Json.readTree(get("/v3/api-docs").body()).path("paths").forEachEntry((path, methods) -> {
			if (path.startsWith("/buddy/")) {
				described.put(path.replaceFirst("workflows/[^/{]+/runs$", "workflows/{id}/runs"),
						methods.propertyNames().stream().map((name) -> name.toUpperCase(Locale.ROOT)).collect(toSet()));
			}
		});
		assertThat(served).hasSizeGreaterThan(9);
		assertThat(described).isEqualTo(served);
	}

	@Test
	void refusalsHaveStatusAndTypeThatTheDocumentNames() throws Exception {
		JsonNode document = Json.readTree(get("/v3/api-docs").body());
		requireDescribed(document, "workflows/{id}", "get", get("/buddy/workflows/none"));
		requireDescribed(document, "runs", "get", get("/buddy/runs?limit=0"));
		requireDescribed(document, "runs/{id}/events", "get", get("/buddy/runs/none/events"));
		requireDescribed(document, "runs/{id}/steps", "get", get("/buddy/runs/none/steps?full=true"));
		for (String action : List.of("resume", "retry", "verify")) {
			requireDescribed(document, "runs/{id}/" + action, "post", post("/buddy/runs/none/" + action, "{}"));
		}
		requireDescribed(document, "runs/{id}/fork", "post", post("/buddy/runs/none/fork", "{}"));
		requireDescribed(document, "runs/{id}/answers", "post", post("/buddy/runs/none/answers", "{}"));
		requireDescribed(document, "runs/{id}/answers", "post",
				post("/buddy/runs/none/answers", "{\"question\":\"approve\",\"answer\":true}"));
		requireDescribed(document, "questions", "get", get("/buddy/questions?status=none"));
		requireDescribed(document, "schedules", "get", get("/buddy/schedules?limit=0"));
		requireDescribed(document, "schedules", "post", post("/buddy/schedules", "{}"));
		requireDescribed(document, "schedules/{id}", "get", get("/buddy/schedules/none"));
		requireDescribed(document, "nodes", "get", get("/buddy/nodes?more=1"));
		requireDescribed(document, "runs/{id}/executions", "get", get("/buddy/runs/none/executions"));
		requireDescribed(document, "stats", "get", get("/buddy/stats?window=7d"));
		requireDescribed(document, "answers/{token}", "get", get("/buddy/answers/none"));
		requireDescribed(document, "answers/{token}", "post", post("/buddy/answers/none", "{\"answer\":1}"));
		requireDescribed(document, "audit", "get", get("/buddy/audit?action=none"));
		requireDescribed(document, "budgets", "get", get("/buddy/budgets?after=none"));
		requireDescribed(document, "workflows/{id}/verify", "post", post("/buddy/workflows/none/verify", ""));
		String ended = "/buddy/runs/" + Json.readMap(run("{\"input\":{\"topic\":\"fusion\"}}").body()).get("run_id");
		requireDescribed(document, "runs/{id}/resume", "post", post(ended + "/resume", ""));
		requireDescribed(document, "sessions/{id}", "get", get("/buddy/sessions/none"));
		requireDescribed(document, "workflows/research/runs", "post", run("{\"input\":{\"topic\":7}}"));
		requireDescribed(document, "workflows/research/runs", "post", run("{"));
	}

	private HttpResponse<String> run(String json) throws Exception {
		return post("/buddy/workflows/research/runs", json);
	}

	private HttpResponse<String> post(String path, String json) throws Exception {
		return send(request(path).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(json)));
	}

	private static void requireDescribed(JsonNode document, String path, String method, HttpResponse<String> refused) {
		assertThat(document.path("paths").path("/buddy/" + path).path(method).path("responses").propertyNames())
			.contains(Integer.toString(refused.statusCode()));
		JsonNode types = document.at("/components/schemas/WorkflowProblem/properties/type/x-extensible-enum");
		assertThat(types).extracting(JsonNode::asString)
			.contains(Json.readTree(refused.body()).path("type").asString());
	}

	@Test
	void generatedClientRunsAWorkflowAndReadsItsSession() throws Exception {
		Path document = Files.writeString(this.folder.resolve("openapi.json"), get("/v3/api-docs").body());
		Function<String, Map<String, Object>> driver = compile(generate(document));
		Map<String, Object> result = driver.apply("http://localhost:" + this.port);
		assertThat(result.get("content").toString()).startsWith("Summary of fusion:");
		assertThat(result).containsEntry("status", "COMPLETED")
			.containsEntry("session_id", "generated-1")
			.containsEntry("state", Map.of("topics", List.of("fusion")));
		assertThat((Integer) result.get("workflows")).isGreaterThan(5);
	}

	private Path generate(Path document) {
		Path client = this.folder.resolve("client");
		new DefaultGenerator()
			.opts(new CodegenConfigurator().setInputSpec(document.toString())
				.setGeneratorName("java")
				.setLibrary("native")
				.setOutputDir(client.toString())
				.setApiPackage("client.api")
				.setModelPackage("client.model")
				.setInvokerPackage("client")
				.setValidateSpec(true)
				.addAdditionalProperty("openApiNullable", "false")
				.addAdditionalProperty("useJakartaEe", "true")
				.addAdditionalProperty("hideGenerationTimestamp", "true")
				.toClientOptInput())
			.generate();
		return client.resolve("src/main/java");
	}

	@SuppressWarnings("unchecked")
	private Function<String, Map<String, Object>> compile(Path sources) throws Exception {
		try (var driver = getClass().getResourceAsStream("/openapi/Driver.java.txt")) {
			Files.copy(driver, sources.resolve("client/Driver.java"));
		}
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		Path classes = Files.createDirectories(this.folder.resolve("classes"));
		StringWriter messages = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			boolean compiled = compiler
				.getTask(messages, files, null,
						List.of("-proc:none", "-d", classes.toString(), "-classpath",
								System.getProperty("java.class.path")),
						null, files.getJavaFileObjectsFromPaths(javaFiles(sources)))
				.call();
			assertThat(compiled).as(messages.toString()).isTrue();
		}
		URLClassLoader loader = new URLClassLoader(new URL[] { classes.toUri().toURL() }, getClass().getClassLoader());
		return (Function<String, Map<String, Object>>) loader.loadClass("client.Driver")
			.getDeclaredConstructor()
			.newInstance();
	}

	private static List<Path> javaFiles(Path sources) throws IOException {
		try (Stream<Path> files = Files.walk(sources)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList();
		}
	}

	private HttpResponse<String> get(String path) throws Exception {
		return send(request(path));
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

}
