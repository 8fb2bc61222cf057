package elsewhere.mcp;

import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.NoOpPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * The security of an application whose clients of MCP sign in: alice and bob are
 * operators, vera views, and nemo has no role of buddy's.
 */
@Configuration(proxyBeanMethods = false)
class SecuredMcp {

	@Bean
	UserDetailsService users() {
		return new InMemoryUserDetailsManager(user("alice", "operator"), user("bob", "operator"),
				user("vera", "viewer"), user("nemo", "guest"));
	}

	/** Instead of bcrypt, which costs each application half a second. */
	@Bean
	@SuppressWarnings("deprecation")
	PasswordEncoder passwords() {
		return new DelegatingPasswordEncoder("noop", Map.of("noop", NoOpPasswordEncoder.getInstance()));
	}

	private static UserDetails user(String name, String role) {
		return User.withUsername(name).password("{noop}secret").roles(role).build();
	}

	@Bean
	SecurityFilterChain applicationSecurity(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.csrf((csrf) -> csrf.ignoringRequestMatchers("/mcp/**"))
			.httpBasic(Customizer.withDefaults())
			.build();
	}

}
