package buddy.web;

import org.springframework.security.config.annotation.web.builders.HttpSecurity;

/**
 * Customizes the security filter chain of the routes, such as its authentication. Declare
 * it as a bean.
 */
@FunctionalInterface
public interface WorkflowWebSecurityCustomizer {

	/**
	 * Customizes the chain.
	 * @param http the builder of the chain, with buddy's defaults applied
	 */
	void customize(HttpSecurity http);

}
