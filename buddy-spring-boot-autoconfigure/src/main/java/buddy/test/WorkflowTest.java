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
 * A test of an application's workflows and of nothing around them: no web, no database,
 * no model.
 *
 * <p>
 * The workflows of the application's packages are beans, recorded in the memory of the
 * process; {@link AutoConfigureWorkflowStore} beside it gives them the database. Other
 * beans that they need come by {@code @Import} or as mocks. After every test the scripts
 * of {@link ScriptedAgents} and the {@link RecordedRuns} are emptied, the sessions of its
 * runs are deleted, and the {@link SettableClock} is back at its start.
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
@TestExecutionListeners(listeners = FreshStartListener.class, mergeMode = MergeMode.MERGE_WITH_DEFAULTS)
public @interface WorkflowTest {

	/**
	 * Returns properties to add to the environment, as {@code key=value}.
	 * @return the properties
	 */
	String[] properties() default {};

	/**
	 * Returns whether workflows, event listeners and resolvers are found by the scan.
	 * @return whether they are
	 */
	boolean useDefaultFilters() default true;

	/**
	 * Returns filters for more beans that the scan finds.
	 * @return the filters
	 */
	Filter[] includeFilters() default {};

	/**
	 * Returns filters for beans that the scan leaves out.
	 * @return the filters
	 */
	Filter[] excludeFilters() default {};

	/**
	 * Returns auto-configurations that are left out.
	 * @return the classes
	 */
	@AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
	Class<?>[] excludeAutoConfiguration() default {};

}
