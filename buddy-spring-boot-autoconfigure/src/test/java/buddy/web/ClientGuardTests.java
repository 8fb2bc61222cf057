package buddy.web;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Who may call workflows by another way than the routes, where Spring Security is.
 */
class ClientGuardTests {

	private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

	ClientGuardTests() {
		this.beans.addBean("springSecurityFilterChain", new CorsFilter(new UrlBasedCorsConfigurationSource()));
		RequestContextHolder
			.setRequestAttributes(new ServletRequestAttributes(new MockHttpServletRequest("POST", "/mcp")));
	}

	@AfterEach
	void forget() {
		RequestContextHolder.resetRequestAttributes();
		SecurityContextHolder.clearContext();
	}

	@Test
	void operatorsAlone() {
		assertThat(isServed("operator", user("ROLE_operator"))).isTrue();
		assertThat(isServed("operator", user("ROLE_viewer"))).isFalse();
		assertThat(isServed("operator", user())).isFalse();
		assertThat(isServed("operator", user("operator"))).isFalse();
		assertThat(isServed("operator", anonymous())).isFalse();
		assertThat(isServed("operator", null)).isFalse();
		assertThat(isServed("staff", user("ROLE_staff"))).isTrue();
	}

	@Test
	void everyUserWhoHasSignedInWhereNoRoleIsSet() {
		assertThat(isServed("", user())).isTrue();
		assertThat(isServed("", anonymous())).isFalse();
		assertThat(isServed("", null)).isFalse();
	}

	@Test
	void roleMayComeFromTheHierarchy() {
		this.beans.addBean("hierarchy", RoleHierarchyImpl.fromHierarchy("ROLE_admin > ROLE_operator"));
		assertThat(isServed("operator", user("ROLE_admin"))).isTrue();
	}

	private boolean isServed(String role, Authentication user) {
		SecurityContextHolder.getContext().setAuthentication(user);
		WebSettings settings = new WebSettings("/buddy", new WebSettings.Limits(1, 1, 1, 1, 1),
				new WebSettings.Security(false, "viewer", role, false, true, WebSettings.ShowStackTraces.NEVER, false),
				List.of(), WebSettings.OnDisconnect.FINISH, Duration.ofSeconds(1), Duration.ofSeconds(1),
				Duration.ofSeconds(1), Duration.ofSeconds(1), true);
		Throwable refusal = catchThrowable(new ClientGuard(settings, this.beans)::check);
		assertThat(refusal).satisfiesAnyOf((none) -> assertThat(none).isNull(),
				(some) -> assertThat(some).isInstanceOf(ClientRefusedException.class)
					.hasMessageContaining("buddy.web.security.operator-role"));
		return refusal == null;
	}

	private static Authentication user(String... authorities) {
		return new TestingAuthenticationToken("alice", "", authorities);
	}

	private static Authentication anonymous() {
		return new AnonymousAuthenticationToken("key", "anonymous",
				AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));
	}

}
