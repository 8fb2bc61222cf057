package sample.offline;

import org.apache.commons.logging.Log;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Activates the profile {@code openai} when {@code OPENAI_API_KEY} is set, so that a key
 * alone is enough to get the real model. A placeholder in {@code application.yml} cannot
 * express this.
 */
class OpenAiProfileActivator implements EnvironmentPostProcessor, Ordered {

	static final String PROFILE = "openai";

	private static final String CLIENT = "org.springframework.ai.openai.OpenAiChatModel";

	private final Log logger;

	OpenAiProfileActivator(DeferredLogFactory logs) {
		this.logger = logs.getLog(OpenAiProfileActivator.class);
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (!StringUtils.hasText(environment.getProperty("OPENAI_API_KEY"))) {
			return;
		}
		if (ClassUtils.isPresent(CLIENT, getClass().getClassLoader())) {
			environment.addActiveProfile(PROFILE);
		}
		else {
			this.logger.warn("OPENAI_API_KEY is set, but this build of the sample has no client for it: the offline"
					+ " model answers. Build it with the Maven profile openai (-Popenai), or with the key set.");
		}
	}

	/** Before the files of the active profiles are read. */
	@Override
	public int getOrder() {
		return ConfigDataEnvironmentPostProcessor.ORDER - 1;
	}

}
