package buddy.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

/**
 * Adds the application's JPA storage to a {@link WorkflowTest}, by default with an H2
 * database in memory.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ImportAutoConfiguration
@PropertyMapping("spring.datasource")
public @interface AutoConfigureWorkflowStore {

	/**
	 * Returns the URL of the database, which overrides the application's.
	 * @return a JDBC URL; by default a new H2 database in memory
	 */
	String url() default "jdbc:h2:mem:${random.uuid};DB_CLOSE_DELAY=-1";

}
