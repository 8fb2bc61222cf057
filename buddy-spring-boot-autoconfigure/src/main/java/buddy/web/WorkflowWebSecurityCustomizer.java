package buddy.web;

import org.springframework.security.config.annotation.web.builders.HttpSecurity;

/**
 * Changes the filter chain of the routes, such as how one signs in; declare it as a bean.
 */
@FunctionalInterface
public interface WorkflowWebSecurityCustomizer {

	/**
	 * Changes the chain.
	 * @param http the chain, as buddy has set it up
	 */
	void customize(HttpSecurity http);

}
