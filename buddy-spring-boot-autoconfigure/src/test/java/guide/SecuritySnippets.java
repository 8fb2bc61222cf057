package guide;

import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

import buddy.web.WorkflowWebSecurityCustomizer;

/**
 * The code of the page on security, which {@link SecurityPageTests} runs.
 */
class SecuritySnippets {

	static class Basic {

		@Bean
		SecurityFilterChain applicationSecurity(HttpSecurity http) {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers("/actuator/health")
					.permitAll()
					.requestMatchers("/actuator/**")
					.hasRole("operator")
					.anyRequest()
					.authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers("/mcp", "/actuator/**"))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

	}

	/** Of the page on the console. */
	static class Login {

		@Bean
		SecurityFilterChain applicationSecurity(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.formLogin(Customizer.withDefaults())
				.build();
		}

	}

	static class Jwt {

		@Bean
		WorkflowWebSecurityCustomizer jwt() {
			return (http) -> http.oauth2ResourceServer((server) -> server.jwt(Customizer.withDefaults()));
		}

	}

	static class JwtApplication {

		@Bean
		SecurityFilterChain applicationSecurity(HttpSecurity http) {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers("/actuator/health")
					.permitAll()
					.requestMatchers("/actuator/**")
					.hasRole("operator")
					.anyRequest()
					.authenticated())
				.oauth2ResourceServer((server) -> server.jwt(Customizer.withDefaults()))
				.build();
		}

	}

}
