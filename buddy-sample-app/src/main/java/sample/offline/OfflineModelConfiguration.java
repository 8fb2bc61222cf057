package sample.offline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;

/**
 * Contributes the offline model unless the profile {@code openai} is active, as it is
 * whenever there is a key.
 *
 * @see OpenAiProfileActivator
 */
@Configuration(proxyBeanMethods = false)
@Profile("!" + OpenAiProfileActivator.PROFILE)
class OfflineModelConfiguration {

	@Bean
	PassageIndex passageIndex(ResourcePatternResolver resources) throws IOException {
		Resource[] documents = resources.getResources("classpath:documents/*.md");
		Arrays.sort(documents, Comparator.comparing(Resource::getDescription));
		List<Passage> passages = new ArrayList<>();
		for (Resource document : documents) {
			passages.addAll(Passage.of(document.getContentAsString(StandardCharsets.UTF_8)));
		}
		return new PassageIndex(passages);
	}

	@Bean
	OfflineChatModel offlineChatModel(PassageIndex passageIndex) {
		return new OfflineChatModel(passageIndex);
	}

}
