package sample.offline;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.StringUtils;

/**
 * Activates the profile {@code openai} when {@code OPENAI_API_KEY} is set, so that a key
 * alone is enough to get the real model. A placeholder in {@code application.yml} cannot
 * express this.
 */
class OpenAiProfileActivator implements EnvironmentPostProcessor, Ordered {

	static final String PROFILE = "openai";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (StringUtils.hasText(environment.getProperty("OPENAI_API_KEY"))) {
			environment.addActiveProfile(PROFILE);
		}
	}

	/** Before the files of the active profiles are read. */
	@Override
	public int getOrder() {
		return ConfigDataEnvironmentPostProcessor.ORDER - 1;
	}

}
