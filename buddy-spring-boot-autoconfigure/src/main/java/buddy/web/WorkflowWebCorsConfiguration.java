package buddy.web;

import java.util.List;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * The CORS filter for pages of configured other sites.
 */
@Configuration(proxyBeanMethods = false)
public class WorkflowWebCorsConfiguration {

	@Bean
	FilterRegistrationBean<CorsFilter> buddyCorsFilter(WebSettings settings) {
		CorsConfiguration cors = new CorsConfiguration();
		cors.setAllowedOrigins(settings.allowedOrigins());
		cors.setAllowedMethods(List.of("GET", "POST", "PATCH", "DELETE"));
		cors.setAllowedHeaders(
				List.of("Accept", "Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Prefer"));
		cors.setExposedHeaders(List.of("Content-Location", "Link", "Location", "Retry-After"));
		// an allowed page may send the user's cookie
		cors.setAllowCredentials(true);
		UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
		source.registerCorsConfiguration(settings.basePath() + "/**", cors);
		FilterRegistrationBean<CorsFilter> registration = new FilterRegistrationBean<>(new CorsFilter(source));
		// before Spring Security, since a preflight request has no credentials
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
		registration.addUrlPatterns(settings.basePath() + "/*");
		return registration;
	}

}
