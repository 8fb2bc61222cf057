package buddy.web;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.security.access.hierarchicalroles.NullRoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.authorization.AuthenticatedAuthorizationManager;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.config.core.GrantedAuthorityDefaults;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Checks whether the current user is an operator, by the same role as on the routes.
 * Loaded only where Spring Security is present.
 */
final class Operators {

	private static final String DEFAULT_PREFIX = "ROLE_";

	private final AuthorizationManager<Object> manager;

	/**
	 * Creates the check.
	 * @param role the role of operators; empty for every authenticated user
	 * @param beans the bean factory with the application's role hierarchy and role
	 * prefix, if any
	 */
	Operators(String role, ListableBeanFactory beans) {
		if (role.isEmpty()) {
			this.manager = AuthenticatedAuthorizationManager.authenticated();
			return;
		}
		GrantedAuthorityDefaults defaults = beans.getBeanProvider(GrantedAuthorityDefaults.class).getIfAvailable();
		AuthorityAuthorizationManager<Object> manager = AuthorityAuthorizationManager
			.hasAnyRole((defaults != null) ? defaults.getRolePrefix() : DEFAULT_PREFIX, new String[] { role });
		manager.setRoleHierarchy(beans.getBeanProvider(RoleHierarchy.class).getIfAvailable(NullRoleHierarchy::new));
		this.manager = manager;
	}

	boolean isCurrent() {
		AuthorizationResult result = this.manager.authorize(SecurityContextHolder.getContext()::getAuthentication,
				this);
		return result != null && result.isGranted();
	}

}
