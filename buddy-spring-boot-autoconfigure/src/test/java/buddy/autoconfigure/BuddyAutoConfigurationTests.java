package buddy.autoconfigure;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.aspectj.lang.annotation.Aspect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import reactor.core.publisher.Flux;

import buddy.autoconfigure.BuddyWorkflows.Answering;
import buddy.autoconfigure.BuddyWorkflows.Asynchronous;
import buddy.autoconfigure.BuddyWorkflows.Contract;
import buddy.autoconfigure.BuddyWorkflows.Greeter;
import buddy.autoconfigure.BuddyWorkflows.NoRun;
import buddy.autoconfigure.BuddyWorkflows.OtherGreeter;
import buddy.autoconfigure.scanned.GreetingWorkflow;
import buddy.run.RunContext;
import buddy.run.RunEventListener;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.session.RunPage;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.StoredSession;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.SessionIdResolver;
import buddy.workflow.UserIdResolver;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowScope;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class BuddyAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class, BuddyAgentAutoConfiguration.class));

	private final ApplicationContextRunner greeting = this.runner.withBean("greeter", Greeter.class);

	@Test
	void oneWorkflowHasAStoreOfItsOwnByTheNameOfItsBean() {
		this.greeting.withUserConfiguration(Archive.class)
			.withPropertyValues("buddy.workflows.greeter.storage=archive")
			.run((context) -> {
				context.getBean(Greeter.class).run("s", "Ada");
				assertThat(context.getBean("archive", WorkflowSessionRepository.class).find("s")).isPresent();
				assertThat(context.getBean(WorkflowSessionRepository.class).find("s")).isEmpty();
			});
		this.greeting.withPropertyValues("buddy.workflows.greeter.storage=nowhere")
			.run((context) -> assertThat(context).hasFailed().getFailure().rootCause().hasMessageContaining("nowhere"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Archive {

		@Bean(defaultCandidate = false)
		MapWorkflowSessionRepository archive() {
			return new MapWorkflowSessionRepository();
		}

	}

	@Test
	void withoutADatabaseTheMapStoreServesAndSaysSo(CapturedOutput output) {
		this.greeting.run((context) -> {
			assertThat(context).hasSingleBean(MapWorkflowSessionRepository.class);
			assertThat(context.getBean(Greeter.class).run("s", "Ada").content()).isEqualTo("Hello Ada 1");
			assertThat(context.getBean(WorkflowSessions.class).find("s")).isPresent();
		});
		assertThat(output).containsOnlyOnce("are lost on restart");
	}

	@Test
	void usersBeansWin() {
		MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
		WorkflowRegistry registry = new DefaultWorkflowRegistry(new RegisteredWorkflows(Map.of()));
		WorkflowSessions sessions = new DefaultWorkflowSessions(store, () -> null, Clock.systemUTC());
		this.greeting.withBean("mine", WorkflowSessionRepository.class, () -> store)
			.withBean(WorkflowRegistry.class, () -> registry)
			.withBean(WorkflowSessions.class, () -> sessions)
			.run((context) -> {
				assertThat(context).hasSingleBean(WorkflowSessionRepository.class);
				assertThat(context.getBean(WorkflowRegistry.class)).isSameAs(registry);
				assertThat(context.getBean(WorkflowSessions.class)).isSameAs(sessions);
				context.getBean(Greeter.class).run("s", "Ada");
				assertThat(store.find("s")).isPresent();
				assertThat(registry.find("greeter")).isEmpty();
			});
		WorkflowRunner own = WorkflowRunner.over(() -> store).build();
		this.greeting.withBean(WorkflowRunner.class, () -> own).run((context) -> {
			context.getBean(Greeter.class).run("own", "Ada");
			assertThat(store.find("own")).isPresent();
		});
	}

	@Test
	void resolversAndListenersAreBeans() {
		this.greeting.withBean(SessionIdResolver.class, () -> (workflow) -> "resolved")
			.withBean(UserIdResolver.class, () -> (workflow) -> "ada")
			.withBean(Listening.class)
			.run((context) -> {
				RunResponse response = context.getBean(Greeter.class).run(null, "Ada");
				assertThat(response.sessionId()).isEqualTo("resolved");
				assertThat(store(context).find("resolved").map(StoredSession::userId)).contains("ada");
				assertThat(context.getBean(WorkflowSessions.class).find("resolved")).isPresent();
				assertThat(context.getBean(Listening.class).events).containsExactly("WorkflowStarted",
						"WorkflowCompleted");
			});
	}

	@Test
	void propertiesWinOverTheSettingsInCode() {
		this.greeting
			.withPropertyValues("buddy.workflows.greeter.name=Named", "buddy.workflows.greeter.description=Described.",
					"buddy.workflows.greeter.session-id=fixed", "buddy.workflows.greeter.user-id=bob",
					"buddy.workflows.greeter.session-name=Session", "buddy.workflows.greeter.memory.runs=3",
					"buddy.workflows.greeter.session-state.topics[0]=a",
					"buddy.workflows.greeter.session-state.topics[1]=b",
					"buddy.workflows.greeter.extra-data.tenant=acme", "buddy.workflows.greeter.debug-mode=true")
			.run((context) -> {
				Greeter greeter = context.getBean(Greeter.class);
				assertThat(greeter.name()).isEqualTo("Named");
				assertThat(greeter.description()).isEqualTo("Described.");
				greeter.run(null, "Ada");
				StoredSession session = store(context).find("fixed").orElseThrow();
				assertThat(session.userId()).isEqualTo("bob");
				assertThat(session.sessionName()).isEqualTo("Session");
				assertThat(session.extraData()).isEqualTo("{\"tenant\":\"acme\"}");
				assertThat(session.state()).contains("\"topics\":[\"a\",\"b\"]");
			});
	}

	@Test
	void settingsOfNoWorkflowAreWarnedOf(CapturedOutput output) {
		this.greeting.withPropertyValues("buddy.workflows.greter.name=x")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("greter").contains("[greeter]");
	}

	@Test
	void runIsStoredOnlyAtItsEndIfSoSet() {
		this.runner.withBean(Answering.class)
			.withPropertyValues("buddy.runs.record-start=false")
			.run((context) -> assertThat(
					context.getBean(Answering.class).run("s", () -> store(context).runs("s", RunPage.first(1)).size()))
				.isEqualTo(0));
	}

	@Test
	void twoWorkflowsWithOneIdFail() {
		this.greeting.withBean("other", OtherGreeter.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(analysis(context.getStartupFailure()).getDescription()).contains("greeter").contains("'other'");
		});
	}

	@Test
	void workflowWithoutARunFailsWithAReport() {
		this.runner.withBean("bad", NoRun.class).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analysis(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains("'bad'").contains("neither run");
			assertThat(analysis.getAction()).contains("Declare one method named run");
		});
		this.runner.withBean("bad", NoRun.class, NoRun::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> assertThat(context).hasFailed());
	}

	@Test
	void withoutAutoProxyingNothingRunsUnrecorded() {
		this.greeting.withPropertyValues("spring.aop.auto=false").run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analysis(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains("'greeter'");
			assertThat(analysis.getAction()).contains("spring.aop.auto=true");
		});
		this.runner.withPropertyValues("spring.aop.auto=false").run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void withoutAutoProxyingLateBeansFailTheStartToo() {
		this.runner.withPropertyValues("spring.aop.auto=false")
			.withUserConfiguration(LateWorkflows.class)
			.run((context) -> assertThat(context).hasFailed());
	}

	@Test
	void withoutAspectJTheReportSaysWhatToAdd() {
		this.greeting.withClassLoader(new FilteredClassLoader(Aspect.class)).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(analysis(context.getStartupFailure()).getAction()).contains("spring-boot-starter-aspectj");
		});
	}

	@Test
	void workflowWithAnInterfaceIsProxiedByItsClassWhateverTheDefault() {
		this.runner.withBean("answering", Answering.class)
			.withPropertyValues("spring.aop.proxy-target-class=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(AopUtils.isCglibProxy(context.getBean("answering"))).isTrue();
				assertThat(context.getBean(Contract.class).run("s", () -> "x")).isEqualTo("x");
				assertThat(store(context).find("s")).isPresent();
			});
	}

	@Test
	void beanDeclaredByItsInterfaceIsRecordedAndRegistered() {
		this.runner.withUserConfiguration(ByInterface.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(Contract.class).run("s", () -> "x")).isEqualTo("x");
			assertThat(store(context).find("s")).isPresent();
			assertThat(context.getBean(WorkflowRegistry.class).find("answering")).isPresent();
		});
	}

	@Test
	void beanDeclaredByItsInterfaceBehindAnInterfaceProxyIsNotLost() {
		this.runner.withUserConfiguration(ByInterface.class)
			.withPropertyValues("spring.aop.proxy-target-class=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Contract.class).run("s", () -> "x")).isEqualTo("x");
				assertThat(store(context).find("s")).isPresent();
				assertThat(context.getBean(WorkflowRegistry.class).find("answering")).isPresent();
			});
	}

	@Test
	void prototypesAndLazyBeansAreRecorded() {
		this.runner.withUserConfiguration(LateWorkflows.class).run((context) -> {
			assertThat(context).hasNotFailed();
			Greeter one = context.getBean("prototype", Greeter.class);
			assertThat(context.getBean("prototype", Greeter.class)).isNotSameAs(one);
			one.run("p", "Ada");
			context.getBean("prototype", Greeter.class).run("p", "Ada");
			assertThat(store(context).runs("p", RunPage.first(5))).hasSize(2);
			context.getBean(Answering.class).run("l", () -> "x");
			assertThat(store(context).find("l")).isPresent();
			assertThat(context.getBean(WorkflowRegistry.class).find("answering")).isPresent();
		});
	}

	@Test
	void lazilyInjectedWorkflowIsRecordedAndCanBeRun() {
		this.greeting.withUserConfiguration(LazyPoint.class).run((context) -> {
			Greeter injected = context.getBean(LazyPoint.class).greeter;
			assertThat(injected.run("s", "Ada").content()).isEqualTo("Hello Ada 1");
			RunResponse response;
			try {
				response = (RunResponse) context.getBean(WorkflowRunner.class).run(injected, "s", "Bob");
			}
			catch (Throwable ex) {
				throw new AssertionError(ex);
			}
			assertThat(response.content()).isEqualTo("Hello Bob 2");
			assertThat(store(context).runs("s", RunPage.first(5))).hasSize(2);
		});
	}

	@Test
	void asyncRunNeedsContextPropagation() {
		ApplicationContextRunner async = this.runner.withBean("asynchronous", Asynchronous.class);
		async.run((context) -> {
			assertThat(context).hasFailed();
			assertThat(analysis(context.getStartupFailure()).getAction())
				.contains("spring.task.execution.propagate-context=true");
		});
		async.withPropertyValues("spring.task.execution.propagate-context=true")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void principalIsTheUser() {
		this.greeting.run((context) -> {
			Greeter greeter = context.getBean(Greeter.class);
			as(new TestingAuthenticationToken("ada", "", "ROLE"), () -> greeter.run("s", "Ada"));
			assertThat(store(context).find("s").map(StoredSession::userId)).contains("ada");
			as(new AnonymousAuthenticationToken("k", "anonymous", AuthorityUtils.createAuthorityList("A")),
					() -> greeter.run("s2", "Ada"));
			greeter.run("s3", "Ada");
			assertThat(store(context).find("s2").orElseThrow().userId()).isNull();
			assertThat(store(context).find("s3").orElseThrow().userId()).isNull();
			WorkflowSessions sessions = context.getBean(WorkflowSessions.class);
			assertThat(sessions.find("s")).isEmpty();
			as(new TestingAuthenticationToken("ada", "", "ROLE"), () -> assertThat(sessions.find("s")).isPresent());
			as(new TestingAuthenticationToken("ada", "", "ROLE"),
					() -> WorkflowScope.ofUser("bob").run(() -> assertThat(sessions.find("s")).isEmpty()));
		});
	}

	@Test
	void startsWithoutReactorSpringAiOrSecurity() {
		for (FilteredClassLoader without : List.of(new FilteredClassLoader(Flux.class),
				new FilteredClassLoader("reactor"), new FilteredClassLoader("reactor", "org.reactivestreams"),
				new FilteredClassLoader(ChatClient.class), new FilteredClassLoader("org.springframework.ai"),
				new FilteredClassLoader("org.springframework.security"))) {
			this.runner.withBean(GreetingWorkflow.class).withClassLoader(without).run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(GreetingWorkflow.class).run("s", "Ada").content())
					.isEqualTo("Hello Ada, for the 1. time");
			});
		}
	}

	private static void as(Authentication authentication, Runnable code) {
		SecurityContextHolder.setContext(new SecurityContextImpl(authentication));
		try {
			code.run();
		}
		finally {
			SecurityContextHolder.clearContext();
		}
	}

	private static WorkflowSessionRepository store(ApplicationContext context) {
		return context.getBean(WorkflowSessionRepository.class);
	}

	static FailureAnalysis analysis(Throwable failure) {
		assertThat(failure).hasStackTraceContaining(InvalidWorkflowException.class.getName());
		FailureAnalysis analysis = new InvalidWorkflowFailureAnalyzer().analyze(failure);
		assertThat(analysis).isNotNull();
		return analysis;
	}

	@Configuration(proxyBeanMethods = false)
	static class ByInterface {

		@Bean
		Contract contract() {
			return new Answering();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LateWorkflows {

		@Bean
		@Scope("prototype")
		Greeter prototype() {
			return new Greeter();
		}

		@Bean
		@Lazy
		Answering lazy() {
			return new Answering();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyPoint {

		private final Greeter greeter;

		LazyPoint(@Lazy Greeter greeter) {
			this.greeter = greeter;
		}

	}

	static class Listening implements RunEventListener {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@Override
		public void onEvent(RunContext run, RunResponseEvent event) {
			this.events.add(event.event());
		}

	}

}
