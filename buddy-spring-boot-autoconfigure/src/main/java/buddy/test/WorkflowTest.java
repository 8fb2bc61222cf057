package buddy.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.TestExecutionListeners;
import org.springframework.test.context.TestExecutionListeners.MergeMode;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Test slice for the workflows of an application, without web, database and models.
 *
 * <p>
 * The workflows in the application's packages are beans, and their runs are recorded in
 * memory; add {@link AutoConfigureWorkflowStore} to use a database. Provide other beans
 * that they need with {@code @Import} or as mocks. After every test the scripts of
 * {@link ScriptedAgents} and the {@link RecordedRuns} are cleared, the sessions of the
 * test's runs are deleted, and the {@link SettableClock} is reset.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@BootstrapWith(WorkflowTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(WorkflowTypeExcludeFilter.class)
@AutoConfigureWorkflows
@ImportAutoConfiguration
@TestExecutionListeners(listeners = ResetTestExecutionListener.class, mergeMode = MergeMode.MERGE_WITH_DEFAULTS)
public @interface WorkflowTest {

	/**
	 * Returns properties to add to the environment, as {@code key=value}.
	 * @return the properties
	 */
	String[] properties() default {};

	/**
	 * Returns whether the scan finds workflows, event listeners and resolvers.
	 * @return whether to use the default filters
	 */
	boolean useDefaultFilters() default true;

	/**
	 * Returns filters for additional beans that the scan finds.
	 * @return the filters
	 */
	Filter[] includeFilters() default {};

	/**
	 * Returns filters for beans that the scan ignores.
	 * @return the filters
	 */
	Filter[] excludeFilters() default {};

	/**
	 * Returns auto-configurations to exclude.
	 * @return the classes
	 */
	@AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
	Class<?>[] excludeAutoConfiguration() default {};

}
