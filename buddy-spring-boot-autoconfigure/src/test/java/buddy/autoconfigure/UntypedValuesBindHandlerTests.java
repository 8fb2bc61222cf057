package buddy.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.ToStringSerializer;

import buddy.autoconfigure.BuddyWorkflows.Greeter;
import buddy.json.internal.Json;
import buddy.json.internal.JsonSchemas;
import buddy.json.internal.StorableJson;
import buddy.json.internal.StrictJson;
import buddy.run.RunFailure;
import buddy.session.SessionState;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.WorkflowJsonCustomizer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The values of an application: what its properties give, and how its modules write them.
 */
class UntypedValuesBindHandlerTests {

	private final ApplicationContextRunner greeting = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class))
		.withBean("greeter", Greeter.class);

	@Test
	void configuredValuesAreWhatTheyAreInYaml() {
		this.greeting.withPropertyValues("buddy.workflows.greeter.session-id=fixed",
				"buddy.workflows.greeter.session-state.limit=10", "buddy.workflows.greeter.session-state.on=true",
				"buddy.workflows.greeter.session-state.price=9.90", "buddy.workflows.greeter.session-state.zip=01234",
				"buddy.workflows.greeter.session-state.quoted=\"10\"",
				"buddy.workflows.greeter.session-state.text=10 apples", "buddy.workflows.greeter.session-state.no=",
				"buddy.workflows.greeter.session-state.none=null", "buddy.workflows.greeter.session-state.in.max=5",
				"buddy.workflows.greeter.session-state.list[0]=1", "buddy.workflows.greeter.session-state.list[1]=x",
				"buddy.workflows.greeter.session-state.json={\"a\":[1,2.50]}",
				"buddy.workflows.greeter.extra-data.level=3", "buddy.workflows.greeter.name=12")
			.run((context) -> {
				context.getBean(Greeter.class).run(null, "Ada");
				assertThat(context.getBean(Greeter.class).name()).isEqualTo("12");
				StoredSession session = context.getBean(WorkflowSessionRepository.class).find("fixed").orElseThrow();
				assertThat(session.extraData()).isEqualTo("{\"level\":3}");
				Map<String, Object> state = Json.readMap(session.state());
				assertThat(state).containsEntry("limit", 10)
					.containsEntry("on", true)
					.containsEntry("price", new BigDecimal("9.90"))
					.containsEntry("zip", "01234")
					.containsEntry("quoted", "10")
					.containsEntry("text", "10 apples")
					.containsEntry("no", "")
					.containsEntry("none", "null")
					.containsEntry("in", Map.of("max", 5))
					.containsEntry("list", List.of(1, "x"))
					.containsEntry("json", Map.of("a", List.of(1, new BigDecimal("2.50"))));
			});
	}

	@Test
	void textOfYamlStaysText() {
		this.greeting.withInitializer((context) -> {
			Resource yaml = new ByteArrayResource("""
					buddy.workflows.greeter:
					  session-id: fixed
					  session-state: { zip: "12345", limit: 10 }
					""".getBytes(StandardCharsets.UTF_8)) {
				@Override
				public String getFilename() {
					return "application.yaml";
				}
			};
			try {
				new YamlPropertySourceLoader().load("yaml", yaml)
					.forEach(context.getEnvironment().getPropertySources()::addLast);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}).run((context) -> {
			context.getBean(Greeter.class).run(null, "Ada");
			assertThat(
					Json.readMap(context.getBean(WorkflowSessionRepository.class).find("fixed").orElseThrow().state()))
				.containsEntry("zip", "12345")
				.containsEntry("limit", 10);
		});
	}

	@Test
	void modulesAndSettingsOfTheApplicationHoldForItsValues() {
		SimpleModule module = new SimpleModule("money").addSerializer(Money.class, new ToStringSerializer(Money.class))
			.addDeserializer(Money.class, new StdDeserializer<>(Money.class) {
				@Override
				public Money deserialize(JsonParser parser, DeserializationContext context) {
					return Money.parse(parser.getString());
				}
			});
		this.greeting.withBean("money", JacksonModule.class, () -> module)
			.withBean(WorkflowJsonCustomizer.class,
					() -> (builder) -> builder.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
						.enable(SerializationFeature.INDENT_OUTPUT))
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				SessionState state = SessionState.open(null, Map.of(), Map.of());
				Invoice invoice = new Invoice(new Money("EUR", new BigDecimal("9.90")));
				state.put("invoice", invoice);
				assertThat(state.changed()).isEqualTo("{\"invoice\":{\"amount_due\":\"EUR 9.90\"}}");
				assertThat(state.get("invoice", Invoice.class)).isEqualTo(invoice);
				RunFailure failure = RunFailure.of(new IllegalStateException("x"));
				assertThat(Json.readMap(StorableJson.sanitize(failure).json())).containsOnlyKeys("type", "message",
						"stack_trace");
				assertThat(StrictJson.convert(Map.of("amount_due", "EUR 9.90"), Invoice.class)).isEqualTo(invoice);
				assertThat(JsonSchemas.ofObject(List.of(new JsonSchemas.Property("invoice", Invoice.class, true, null)))
					.toString()).contains("amount_due");
			});
		assertThat(Json.plain(new Invoice(null)).toString()).contains("amountDue");
	}

	record Invoice(Money amountDue) {
	}

	record Money(String currency, BigDecimal amount) {

		static Money parse(String text) {
			String[] parts = text.split(" ");
			return new Money(parts[0], new BigDecimal(parts[1]));
		}

		@Override
		public String toString() {
			return this.currency + " " + this.amount;
		}

	}

}
