package sample.console;

import java.util.concurrent.CountDownLatch;

import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.beans.factory.config.BeanPostProcessor;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Holds the streams of the model after a few words while a test looks at them: the model
 * of the sample says everything at once.
 */
final class HeldStreams implements BeanPostProcessor {

	private static final int WORDS = 5;

	private volatile CountDownLatch latch = new CountDownLatch(0);

	/** Holds the next streams until they are let go. */
	void hold() {
		this.latch = new CountDownLatch(1);
	}

	void letGo() {
		this.latch.countDown();
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof ChatModel model) ? new Held(model) : bean;
	}

	private final class Held implements ChatModel {

		private final ChatModel model;

		Held(ChatModel model) {
			this.model = model;
		}

		@Override
		public ChatResponse call(Prompt prompt) {
			return this.model.call(prompt);
		}

		@Override
		public Flux<ChatResponse> stream(Prompt prompt) {
			CountDownLatch open = HeldStreams.this.latch;
			if (open.getCount() == 0) {
				return this.model.stream(prompt);
			}
			return this.model.stream(prompt)
				.index()
				.concatMap((word) -> (word.getT1() == WORDS) ? Mono.fromCallable(() -> {
					open.await();
					return word.getT2();
				}).subscribeOn(Schedulers.boundedElastic()) : Mono.just(word.getT2()));
		}

		@Override
		public ChatOptions getOptions() {
			return this.model.getOptions();
		}

	}

}
