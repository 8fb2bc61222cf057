package buddy.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import buddy.agent.ModelCallGuard;
import buddy.agent.ModelUsage;
import buddy.budget.BudgetExceededException;
import buddy.budget.BudgetPeriod;
import buddy.budget.BudgetRetention;
import buddy.budget.BudgetStore;
import buddy.budget.Budgets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is there where budgets are configured, and the reports of those that are wrong.
 */
class BuddyBudgetAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(BuddyAutoConfiguration.class, BuddyBudgetAutoConfiguration.class, BuddyAgentAutoConfiguration.class,
				BuddyRetentionAutoConfiguration.class, BuddyObservabilityAutoConfiguration.class));

	private static String[] daily(String... more) {
		return Stream
			.concat(Stream.of("buddy.budgets.daily.per=user", "buddy.budgets.daily.period=day"), Stream.of(more))
			.toArray(String[]::new);
	}

	@Test
	void withoutBudgetsThereIsNothing() {
		this.runner.withPropertyValues("buddy.prices[m].input=1")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Budgets.class)
				.doesNotHaveBean(BudgetStore.class)
				.doesNotHaveBean(ModelCallGuard.class)
				.doesNotHaveBean(BudgetRetention.class));
	}

	@Test
	void budgetIsReadFromTheProperties() {
		this.runner
			.withPropertyValues(daily("buddy.budgets.daily.cost=5", "buddy.budgets.daily.time=2h",
					"buddy.budgets.daily.zone=Europe/Berlin", "buddy.budgets.session-total.per=session",
					"buddy.budgets.session-total.tokens=10"))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(ModelCallGuard.class);
				assertThat(context.getBean(Budgets.class).all()).satisfiesExactly((daily) -> {
					assertThat(daily.name()).isEqualTo("daily");
					assertThat(daily.zone().getId()).isEqualTo("Europe/Berlin");
					assertThat(daily.limits().cost()).isEqualTo(5_000_000_000L);
				}, (total) -> assertThat(total.period()).isEqualTo(BudgetPeriod.NONE));
				assertThat(context.getBean(Budgets.class).usage("daily", "ann")).isPresent();
			});
	}

	@Test
	void whatIsUsedIsInTheMetricsAndWhatIsOldIsDeleted() {
		this.runner
			.withPropertyValues(daily("buddy.budgets.daily.tokens=9", "buddy.budgets.app.per=application",
					"buddy.budgets.app.period=hour", "buddy.budgets.app.tokens=10", "buddy.budgets.app.cost=1",
					"buddy.prices[m].input=1", "buddy.retention.budget-age=1d"))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				ModelCallGuard guard = context.getBean(ModelCallGuard.class);
				guard.request(null, true).used(new ModelUsage("m", 10, 0, 10));
				assertThatExceptionOfType(BudgetExceededException.class).isThrownBy(() -> guard.request(null, true));

				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(meters.get("buddy.budget.tokens").tag("buddy.budget.name", "app").counter().count())
					.isEqualTo(10);
				assertThat(meters.get("buddy.budget.cost").counter().count()).isEqualTo(0.00001);
				assertThat(meters.get("buddy.budget.exceeded").tag("buddy.budget.action", "refuse").counter().count())
					.isEqualTo(1);
				BudgetRetention retention = context.getBean(BudgetRetention.class);
				assertThat(retention.sweep(Instant.now())).isZero();
				assertThat(retention.sweep(Instant.now().plus(Duration.ofDays(2)))).isEqualTo(1);
			});
	}

	@Test
	void agentsAreNotNeeded() {
		this.runner.withPropertyValues(daily("buddy.budgets.daily.tokens=5"))
			.withClassLoader(new FilteredClassLoader("org.springframework.ai"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ModelCallGuard.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { //
			"zone=UTC                       | 'tokens' is wrong: it has no limit; set tokens, cost or time",
			"tokens=0                       | 'tokens' is wrong: it must be more than 0, not 0",
			"cost=-1                        | 'cost' is wrong: it must be more than 0, not -1",
			"cost=1.0000000001              | 'cost' is wrong: it must be at most 1000000000 with at most 9 decimals",
			"time=0s                        | 'time' is wrong: it must be more than 0, not PT0S",
			"tokens=1 warn-at=0             | 'warn-at' is wrong: it must be more than 0 and at most 1, not 0.0",
			"tokens=1 warn-at=1.5           | 'warn-at' is wrong: it must be more than 0 and at most 1, not 1.5",
			"tokens=1 role=BOSS             | 'role' is wrong: nobody is asked",
			"tokens=1 per=run               | 'period' is wrong: a budget per run has no period",
			"tokens=1 workflows=nope        | 'workflows' is wrong: there is no workflow 'nope'; the workflows are []" })
	void wrongBudgetIsReported(String properties, String problem) {
		this.runner
			.withPropertyValues(daily(
					Stream.of(properties.split(" ")).map((one) -> "buddy.budgets.daily." + one).toArray(String[]::new)))
			.run((context) -> {
				FailureAnalysis failure = report(context.getStartupFailure());
				assertThat(failure.getDescription()).startsWith("Budget 'daily' cannot be used, ").contains(problem);
				assertThat(failure.getAction()).startsWith("Change buddy.budgets.daily.");
			});
	}

	@Test
	void whatIsMissingIsReported() {
		this.runner.withPropertyValues("buddy.budgets.daily.tokens=1")
			.run((context) -> assertThat(report(context.getStartupFailure()).getDescription())
				.contains("'per' is wrong: it is missing; set it to run, session, user, workflow or application"));
		this.runner.withPropertyValues("buddy.budgets.daily.tokens=1", "buddy.budgets.daily.per=user")
			.run((context) -> assertThat(report(context.getStartupFailure()).getDescription())
				.contains("'period' is wrong: it is missing; set it to hour, day, week or month"));
	}

	@Test
	void negativePriceAndWrongNameAreReported() {
		this.runner.withPropertyValues(daily("buddy.budgets.daily.tokens=1", "buddy.prices[m-1].input=-1"))
			.run((context) -> {
				FailureAnalysis failure = report(context.getStartupFailure());
				assertThat(failure.getDescription())
					.isEqualTo("The price of model 'm-1' cannot be used: it must not be negative, and is -1 and 0.");
				assertThat(failure.getAction()).isEqualTo("Change buddy.prices[m-1].");
			});
		this.runner.withPropertyValues("buddy.budgets[a b].tokens=1", "buddy.budgets[a b].per=run")
			.run((context) -> assertThat(report(context.getStartupFailure()).getDescription())
				.contains("a name has 1 to 64 letters"));
	}

	private static FailureAnalysis report(Throwable failure) {
		assertThat(failure).isNotNull();
		FailureAnalysis report = new InvalidBudgetFailureAnalyzer().analyze(failure);
		assertThat(report).isNotNull();
		return report;
	}

}
