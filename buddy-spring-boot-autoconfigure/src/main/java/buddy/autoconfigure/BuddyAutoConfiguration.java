package buddy.autoconfigure;

import java.time.Clock;
import java.util.List;

import jakarta.validation.Validator;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.aspectj.annotation.AnnotationAwareAspectJAutoProxyCreator;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.validation.beanvalidation.MethodValidationPostProcessor;
import tools.jackson.databind.JacksonModule;

import buddy.durable.MapRunJournal;
import buddy.durable.MapRunWaits;
import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.engine.RunEngine;
import buddy.event.RunEventStreams;
import buddy.json.internal.JsonExtension;
import buddy.run.PayloadFilter;
import buddy.run.RunEventListener;
import buddy.run.RunInterceptor;
import buddy.session.WorkflowSessions;
import buddy.session.internal.DefaultWorkflowSessions;
import buddy.storage.AuditLog;
import buddy.storage.MapAuditLog;
import buddy.storage.MapRunStatistics;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.storage.RunOwners;
import buddy.storage.RunQueue;
import buddy.storage.RunStatistics;
import buddy.storage.ScheduleStore;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.InputConstraints;
import buddy.workflow.SessionIdResolver;
import buddy.workflow.UserIdResolver;
import buddy.workflow.WorkflowAudit;
import buddy.workflow.WorkflowJsonCustomizer;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.internal.registry.CurrentUser;
import buddy.workflow.internal.registry.DefaultWorkflowRegistry;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.RunDrain;
import buddy.workflow.runner.WorkflowAspect;
import buddy.workflow.runner.WorkflowRunner;

/**
 * Auto-configuration of workflow beans and the recording of their runs.
 */
@AutoConfiguration(afterName = { "buddy.autoconfigure.BuddyJpaAutoConfiguration",
		"org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration" })
@EnableConfigurationProperties(BuddyProperties.class)
public final class BuddyAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(BuddyAutoConfiguration.class);

	/** The bean name of Spring Security's filter. */
	private static final String WEB_SECURITY = "springSecurityFilterChain";

	@Bean
	static WorkflowBeanPostProcessor workflowBeanPostProcessor(ObjectProvider<RegisteredWorkflows> workflows) {
		return new WorkflowBeanPostProcessor(workflows);
	}

	@Bean
	RegisteredWorkflows registeredWorkflows(BuddyProperties properties, ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<InputConstraints> constraints, ObjectProvider<AdvisedCheck> advised) {
		RegisteredWorkflows workflows = new RegisteredWorkflows(
				properties.workflowSettings((name) -> beanFactory.getBean(name, WorkflowSessionRepository.class)),
				constraints.getIfAvailable());
		workflows.createLazily(new LazyWorkflowBeans(beanFactory, workflows, advised));
		return workflows;
	}

	@Bean
	@ConditionalOnMissingBean
	WorkflowRegistry workflowRegistry(RegisteredWorkflows workflows) {
		return new DefaultWorkflowRegistry(workflows);
	}

	@Bean
	@Lazy(false)
	static JsonExtension workflowJsonExtension(ObjectProvider<JacksonModule> modules,
			ObjectProvider<WorkflowJsonCustomizer> customizers) {
		List<WorkflowJsonCustomizer> settings = customizers.orderedStream().toList();
		return JsonExtension.add(modules.orderedStream().toList(),
				(builder) -> settings.forEach((customizer) -> customizer.customize(builder)));
	}

	/** Converts numbers and booleans in untyped maps as YAML does. */
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ConfigurationPropertiesBindHandlerAdvisor workflowValuesBinding() {
		return UntypedValuesBindHandler::new;
	}

	@Bean
	@ConditionalOnMissingBean
	WorkflowRunner workflowRunner(ObjectProvider<WorkflowSessionRepository> repository,
			ObjectProvider<SessionIdResolver> sessionIds, ObjectProvider<UserIdResolver> userIds,
			ObjectProvider<Clock> clock, ObjectProvider<RunOwners> owners, BeanFactory beans,
			BuddyProperties properties) {
		WorkflowRunner.Builder runner = WorkflowRunner.over(SingletonSupplier.of(repository::getObject)::obtain)
			.sessionIdResolvers(sessionIds.orderedStream().toList())
			.userIdResolvers(userIds.orderedStream().toList())
			.listeners(beans.getBeanProvider(RunEventListener.class).orderedStream().toList())
			.interceptors(beans.getBeanProvider(RunInterceptor.class).orderedStream().toList())
			.payloadFilters(beans.getBeanProvider(PayloadFilter.class).orderedStream().toList())
			.clock(clock.getIfUnique(Clock::systemUTC))
			.owners(owners.getIfUnique(), properties.node().lease(), properties.node().heartbeatInterval())
			.durable(beans.getBeanProvider(RunJournal.class).getIfUnique(), properties.durable().options())
			.waits(beans.getBeanProvider(RunWaits.class).getIfUnique())
			.engine(beans.getBeanProvider(RunQueue.class).getIfUnique(),
					beans.getBeanProvider(RunEngine.class).getIfUnique(), properties.engine().enabled())
			.schedules(beans.getBeanProvider(ScheduleStore.class).getIfUnique())
			.events((runId) -> beans.getBean(RunEventStreams.class).follow(runId));
		return properties.applyTo(runner, requiresUser(properties, beans)).build();
	}

	/**
	 * Without a condition, so that every application waits for its runs when it stops.
	 */
	@Bean
	@Lazy(false)
	RunDrain workflowRunDrain(WorkflowRunner runner, BuddyProperties properties) {
		return RunDrain.first(runner, properties.runs().shutdownGrace());
	}

	@Bean
	@Lazy(false)
	RunDrain lastWorkflowRunDrain(WorkflowRunner runner) {
		return RunDrain.last(runner);
	}

	/** Not lazy: no other bean depends on it. */
	@Bean
	@Lazy(false)
	@ConditionalOnBooleanProperty(name = "buddy.node.end-orphans", matchIfMissing = true)
	PeriodicCheck orphanSchedule(WorkflowRunner runner, ObjectProvider<RunOwners> owners, RegisteredWorkflows workflows,
			BuddyProperties properties) {
		runner.recoverRunsOf(workflows);
		return new PeriodicCheck("orphans", runner::endOrphans, owners.getIfUnique() != null,
				properties.node().heartbeatInterval());
	}

	/** Not lazy: no other bean depends on it. */
	@Bean
	@Lazy(false)
	@ConditionalOnBooleanProperty(name = "buddy.engine.enabled", matchIfMissing = true)
	PeriodicCheck pauseSchedule(WorkflowRunner runner, ObjectProvider<RunWaits> waits, RegisteredWorkflows workflows,
			BuddyProperties properties) {
		return new PeriodicCheck("paused-runs", () -> runner.continueDue(workflows), waits.getIfUnique() != null,
				properties.engine().pollInterval());
	}

	@Bean
	@ConditionalOnMissingBean
	WorkflowRuns workflowRuns(WorkflowRunner runner, RegisteredWorkflows workflows,
			ObjectProvider<UserIdResolver> userIds, ObjectProvider<AuditLog> audit, BeanFactory beans,
			BuddyProperties properties) {
		WorkflowRuns runs = runner.runs(new CurrentUser(userIds.orderedStream().toList()), workflows,
				audit.getIfUnique());
		return requiresUser(properties, beans) ? runs.requiringUser() : runs;
	}

	@Bean
	@ConditionalOnMissingBean
	WorkflowSessions workflowSessions(WorkflowSessionRepository repository, ObjectProvider<UserIdResolver> userIds,
			ObjectProvider<Clock> clock, ObjectProvider<AuditLog> audit, BeanFactory beans,
			BuddyProperties properties) {
		WorkflowSessions sessions = new DefaultWorkflowSessions(repository,
				new CurrentUser(userIds.orderedStream().toList()), clock.getIfUnique(Clock::systemUTC),
				audit.getIfUnique());
		return requiresUser(properties, beans) ? sessions.requiringUser() : sessions;
	}

	/**
	 * With web security, a user is required by default, since sessions without a user are
	 * accessible to everyone.
	 */
	private static boolean requiresUser(BuddyProperties properties, BeanFactory beans) {
		Boolean required = properties.session().requireUser();
		return (required != null) ? required : beans.containsBean(WEB_SECURITY);
	}

	@Bean
	@ConditionalOnMissingBean(WorkflowSessionRepository.class)
	MapWorkflowSessionRepository workflowSessionRepository() {
		logger.warn("There is no EntityManagerFactory, so workflow sessions are kept in the memory of this process "
				+ "and are lost on restart; add spring-boot-starter-data-jpa and a database to keep them");
		return new MapWorkflowSessionRepository();
	}

	@Bean
	@ConditionalOnBean(MapWorkflowSessionRepository.class)
	@ConditionalOnMissingBean({ RunJournal.class, RunWaits.class })
	MapRunWaits runWaits(MapWorkflowSessionRepository runs, ObjectProvider<Clock> clock) {
		return new MapRunWaits(runs, new MapRunJournal(runs), clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	@ConditionalOnBean(MapRunWaits.class)
	@ConditionalOnMissingBean(RunJournal.class)
	RunJournal runJournal(MapRunWaits waits) {
		return waits.journal();
	}

	@Bean
	@ConditionalOnBean(MapWorkflowSessionRepository.class)
	@ConditionalOnMissingBean
	AuditLog auditLog() {
		return new MapAuditLog();
	}

	@Bean
	@ConditionalOnBean(MapWorkflowSessionRepository.class)
	@ConditionalOnMissingBean
	RunStatistics runStatistics(MapWorkflowSessionRepository runs) {
		return new MapRunStatistics(runs);
	}

	@Bean
	@ConditionalOnBean(AuditLog.class)
	@ConditionalOnMissingBean
	WorkflowAudit workflowAudit(AuditLog log) {
		return new WorkflowAudit(log);
	}

	@Bean
	WorkflowStartupCheck workflowStartupCheck(ConfigurableListableBeanFactory beanFactory, Environment environment,
			RegisteredWorkflows workflows, ObjectProvider<AdvisedCheck> advised) {
		return new WorkflowStartupCheck(beanFactory, environment, workflows, advised);
	}

	@Bean
	StartupReport buddyStartupReport(ListableBeanFactory beans) {
		return new StartupReport(beans);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Aspect.class)
	static class AspectConfiguration {

		@Bean
		@ConditionalOnMissingBean
		static WorkflowAspect workflowAspect(ObjectProvider<WorkflowRunner> runner) {
			return new WorkflowAspect(SingletonSupplier.of(runner::getObject)::obtain);
		}

		@Bean
		AdvisedCheck workflowAdvisedCheck(ListableBeanFactory beanFactory) {
			return new AdvisedCheck() {
				@Override
				public boolean test(Object bean) {
					return WorkflowAspect.advises(bean);
				}

				@Override
				public boolean proxiesAreMade() {
					return beanFactory.getBeanNamesForType(AnnotationAwareAspectJAutoProxyCreator.class, true,
							false).length > 0;
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Aspect.class)
	@ConditionalOnBooleanProperty(name = "buddy.durable.step-annotation", matchIfMissing = true)
	static class StepConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static StepAdvisor workflowStepAdvisor(ConfigurableListableBeanFactory beans) {
			return new StepAdvisor(WorkflowScanPackages.ofApplication(beans));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "buddy.scan.enabled", matchIfMissing = true)
	@Import(WorkflowScanRegistrar.class)
	static class ScanConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Validator.class)
	@ConditionalOnBean({ Validator.class, MethodValidationPostProcessor.class })
	static class ValidationConfiguration {

		@Bean
		@ConditionalOnMissingBean(InputConstraints.class)
		BeanValidationConstraints workflowInputConstraints(ObjectProvider<Validator> validator,
				Environment environment) {
			return new BeanValidationConstraints(validator::getObject, environment
				.getProperty("spring.validation.method.adapt-constraint-violations", Boolean.class, false));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SecurityContextHolder.class)
	static class SecurityConfiguration {

		@Bean
		@ConditionalOnMissingBean(UserIdResolver.class)
		UserIdResolver principalUserIdResolver() {
			return (workflow) -> principal(SecurityContextHolder.getContext().getAuthentication());
		}

		private static @Nullable String principal(@Nullable Authentication authentication) {
			if (authentication == null || !authentication.isAuthenticated()
					|| authentication instanceof AnonymousAuthenticationToken) {
				return null;
			}
			return authentication.getName();
		}

	}

}
