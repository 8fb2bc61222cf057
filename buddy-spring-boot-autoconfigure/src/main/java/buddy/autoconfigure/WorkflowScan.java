package buddy.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Import;

/**
 * Configures the packages whose subclasses of {@code Workflow} become beans. By default,
 * these are the application's packages.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Import(WorkflowScanPackages.Registrar.class)
public @interface WorkflowScan {

	/**
	 * Returns the packages to scan, including their subpackages.
	 * @return package names
	 */
	String[] basePackages() default {};

	/**
	 * Returns classes whose packages to scan.
	 * @return a class in each package
	 */
	Class<?>[] basePackageClasses() default {};

}
