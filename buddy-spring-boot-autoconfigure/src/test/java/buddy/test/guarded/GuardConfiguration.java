package buddy.test.guarded;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;

/**
 * How the whole application is secured.
 */
@Configuration(proxyBeanMethods = false)
@EnableMethodSecurity
class GuardConfiguration {

	/** A slice leaves it out. */
	@Bean
	Object somethingThatNeedsTheWholeApplication() {
		throw new IllegalStateException("it must not be here");
	}

}
