package sample.openapi;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openapitools.codegen.config.CodegenConfigurator;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;

import buddy.json.internal.Json;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * The sample's OpenAPI document where the application wants it in version 3.0.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = {
		"spring.datasource.url=jdbc:h2:mem:sample-openapi-30", "springdoc.api-docs.version=openapi_3_0" })
class OpenApi30DocumentTests {

	@LocalServerPort
	private int port;

	@TempDir
	private Path folder;

	@Test
	void documentSaysInVersion30WhatTheOtherSaysIn31() throws Exception {
		String text = document();
		JsonNode document = Json.readTree(text);

		assertThat(document.path("openapi").asString()).startsWith("3.0.");
		assertThat(text).doesNotContain("$defs", "$schema", "\"null\"", "propertyNames", "\"const\"", "\"type\":[");
		assertThat(document.at("/paths/~1buddy~1workflows~1journey~1runs/post/operationId").asString())
			.isEqualTo("runJourney");
		assertThat(document.at("/components/schemas/JourneyInput")).isEqualTo(Json.readTree(
				"""
						{"type": "object", "additionalProperties": false, "required": ["from"], "properties": {
						  "from": {"description": "Where it begins.", "type": "object", "additionalProperties": false,
						    "properties": {"name": {"type": "string", "nullable": true}}},
						  "to": {"nullable": true, "type": "object", "additionalProperties": false,
						    "properties": {"name": {"type": "string", "nullable": true}}},
						  "on": {"type": "string", "nullable": true, "format": "date", "pattern": "^\\\\d{4}-\\\\d{2}-\\\\d{2}$"}}}"""));
	}

	@Test
	void documentIsValid() throws Exception {
		Path document = Files.writeString(this.folder.resolve("openapi.json"), document());
		assertThatCode(() -> new CodegenConfigurator().setInputSpec(document.toString())
			.setGeneratorName("java")
			.setOutputDir(this.folder.toString())
			.setValidateSpec(true)
			.toContext()).doesNotThrowAnyException();
	}

	private String document() throws Exception {
		URI uri = URI.create("http://localhost:" + this.port + "/v3/api-docs");
		return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Journeys {

		@Bean
		JourneyWorkflow journeyWorkflow() {
			return new JourneyWorkflow();
		}

	}

	record Place(String name) {
	}

	static class JourneyWorkflow extends Workflow {

		public String run(@JsonPropertyDescription("Where it begins.") Place from, Optional<Place> to,
				Optional<LocalDate> on) {
			return from + " " + to + " " + on;
		}

	}

}
