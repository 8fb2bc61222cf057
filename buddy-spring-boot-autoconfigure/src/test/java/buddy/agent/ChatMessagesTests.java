package buddy.agent;

import java.util.List;

import org.junit.jupiter.api.Test;

import buddy.run.Message;

import static org.assertj.core.api.Assertions.assertThat;

class ChatMessagesTests {

	@Test
	void questionWithoutAnAnswerIsLeftOut() {
		assertThat(history(user("one"), assistant(""), user("two"), user("three"), assistant("3"), user("four")))
			.containsExactly("USER: three", "ASSISTANT: 3");
	}

	@Test
	void cancelledQuestionStaysWithWhatCameOfItsAnswer() {
		Message cancelled = assistant("").with("finish_reason", "cancelled");
		assertThat(history(user("one"), assistant("o").with("finish_reason", "cancelled"), user("two"), cancelled,
				user("three"), assistant("3")))
			.containsExactly("USER: one", "ASSISTANT: o", "USER: two",
					"ASSISTANT: (cancelled before there was an answer)", "USER: three", "ASSISTANT: 3");
	}

	@Test
	void answerThatWasAskedForAgainIsLeftOut() {
		assertThat(history(user("one"), assistant("prose"), user("again").with("answer_retry", 1), assistant("{}")))
			.containsExactly("USER: one", "ASSISTANT: {}");
		assertThat(history(user("one"), assistant(""), user("one").with("answer_retry", 1), assistant("{}")))
			.containsExactly("USER: one", "ASSISTANT: {}");
	}

	private static List<String> history(Message... messages) {
		return ChatMessages.toModel(List.of(messages))
			.stream()
			.map((message) -> message.getMessageType() + ": " + message.getText())
			.toList();
	}

	private static Message user(String text) {
		return Message.of("user", text);
	}

	private static Message assistant(String text) {
		return Message.of("assistant", text);
	}

}
