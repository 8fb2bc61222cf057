package sample.offline;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.tool.annotation.Tool;

import static org.assertj.core.api.Assertions.assertThat;

class OfflineChatModelTests {

	private final PassageIndex index = OfflineModelFixture.INDEX;

	private final OfflineChatModel model = OfflineModelFixture.MODEL;

	@Test
	void answerSaysWhatItIsAndQuotesPassagesWithTheirSource() {
		String answer = this.model.call("Find key facts about fusion.");
		assertThat(answer).startsWith(Quotation.NOTICE)
			.contains("(source: Nuclear fusion)")
			.doesNotContain("(source: Nuclear fission)");
		assertThat(this.index.search("fusion").stream().filter((passage) -> answer.contains(passage.text())))
			.hasSizeBetween(1, 4);
	}

	@Test
	void samePromptGetsTheSameAnswer() {
		assertThat(this.model.call("How is tea made?")).isEqualTo(this.model.call("How is tea made?"));
	}

	@Test
	void unknownSubjectIsAnsweredWithTheTitlesThatAreKnown() {
		assertThat(this.model.call("What is the capital of Mongolia?")).startsWith(Quotation.NOTICE)
			.contains("No fitting passage")
			.contains(this.index.titles());
	}

	@Test
	void emptyPromptIsAnsweredToo() {
		assertThat(this.model.call("")).contains("No fitting passage");
	}

	@Test
	void followUpWithoutSubjectQuotesFurtherPassagesOnTheEarlierOne() {
		String first = this.model.call("What is fusion?");
		String second = this.model.call(new UserMessage("What is fusion?"), new AssistantMessage(first),
				new UserMessage("Tell me more."));
		assertThat(second).contains("(source: Nuclear fusion)");
		assertThat(this.index.search("fusion"))
			.noneMatch((passage) -> first.contains(passage.text()) && second.contains(passage.text()));
	}

	@Test
	void answerOfAnotherAgentInThePromptIsNotTakenForTheSubject() {
		String facts = this.model.call("Find key facts about coffee.");
		assertThat(this.model.call("Write a summary of these facts:\n" + facts)).contains("(source: Coffee)");
	}

	@Test
	void responseHasModelUsageAndFinishReason() {
		ChatResponse response = this.model.call(new Prompt("What is coffee?"));
		String answer = text(response);
		assertThat(response.getMetadata().getModel()).isEqualTo("offline-search");
		assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(3);
		assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(answer.split("\\s+").length);
		assertThat(response.hasFinishReasons(Set.of("stop"))).isTrue();
	}

	@Test
	void streamedWordsMakeUpTheAnswer() {
		Prompt prompt = new Prompt("What is coffee?");
		List<ChatResponse> chunks = this.model.stream(prompt).collectList().block();
		assertThat(chunks).hasSizeGreaterThan(20);
		assertThat(chunks.stream().map(OfflineChatModelTests::text).collect(Collectors.joining()))
			.isEqualTo(text(this.model.call(prompt)));
		ChatResponse last = chunks.get(chunks.size() - 1);
		assertThat(last.getResult().getMetadata().getFinishReason()).isEqualTo("stop");
		assertThat(last.getMetadata().getUsage()).isEqualTo(this.model.call(prompt).getMetadata().getUsage());
		assertThat(chunks.subList(0, chunks.size() - 1))
			.allMatch((chunk) -> chunk.getResult().getMetadata().getFinishReason() == null);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Where is my parcel?                               | shipping
			My order has not arrived yet                      | shipping
			I was charged twice for my order                  | billing
			I need an invoice with our VAT number             | billing
			I cannot log in, I forgot the password            | account
			Please delete my account                          | account
			How do I charge an electric car?                  | other
			What is the meaning of life?                      | other
			Tell me a joke about penguins                     | other
			""")
	void questionIsClassified(String question, String label) {
		String task = "Classify this question as one of: billing, shipping, account, other. Answer with one word.";
		assertThat(this.model.call(task + " Question: " + question)).isEqualTo(label);
		assertThat(text(
				this.model.call(Prompt.builder().messages(new SystemMessage(task), new UserMessage(question)).build())))
			.isEqualTo(label);
	}

	@Test
	void labelsNeedNoCatchAll() {
		assertThat(this.model
			.call("Reply with a single word. One of the following topics: coffee, `tea` or HTTP\nWhat is oolong?"))
			.isEqualTo("tea");
	}

	@Test
	void improvingAddsOnePassageEachRoundUntilAllAreThere() {
		String draft = "Fusion is interesting.";
		int score = score(draft);
		for (int round = 0; round < Scoring.ENOUGH_PASSAGES; round++) {
			String improved = this.model.call("Improve this draft: " + draft + "\nBrief: nuclear fusion");
			assertThat(improved).startsWith(draft + "\n\n> ");
			assertThat(score(improved)).isGreaterThan(score);
			draft = improved;
			score = score(improved);
		}
		assertThat(score).isEqualTo(10);
		assertThat(this.model.call("Improve this draft: " + draft + "\nBrief: nuclear fusion")).isEqualTo(draft);
	}

	@Test
	void briefMayComeBeforeTheDraft() {
		assertThat(this.model.call("Brief: coffee\nFeedback: too short\nDraft: Coffee is black."))
			.startsWith("Coffee is black.\n\n> ")
			.contains("(source: Coffee)");
	}

	@Test
	void draftOnUnknownSubjectStaysAsItIsAndScoresZero() {
		assertThat(this.model.call("Improve this draft: Xyzzy. Brief: the capital of Mongolia")).isEqualTo("Xyzzy.");
		assertThat(this.model.call("Score this draft from 0 to 10: Xyzzy. Brief: the capital of Mongolia"))
			.isEqualTo("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Short answer: what is coffee?", "Write a draft: coffee", "Summarize the text: coffee",
			"Rate of coffee exports from 2010 to 2015?", "Is coffee one of: a drink, a food?" })
	void questionThatOnlyLooksLikeAnotherTaskIsAnsweredWithQuotations(String question) {
		assertThat(this.model.call(question)).startsWith(Quotation.NOTICE).contains("(source: Coffee)");
	}

	@Test
	void taskMayStandInTheInstructions() {
		Prompt prompt = new Prompt(new SystemMessage("You are an editor. Give a score between 1 and 5."),
				new UserMessage("Topic: coffee\n\nCurrent draft:\nIt is black."));
		assertThat(text(this.model.call(prompt))).isEqualTo("1");
	}

	@Test
	void labelMayBeAskedForByName() {
		assertThat(this.model.call("What is oolong?\nReply with only the label, one of: coffee, tea")).isEqualTo("tea");
	}

	@Test
	void chatClientStreamsTheSameAnswer() {
		ChatClient client = ChatClient.create(this.model);
		assertThat(client.prompt("What is coffee?").stream().content().collect(Collectors.joining()).block())
			.isEqualTo(client.prompt("What is coffee?").call().content());
	}

	@Test
	void toolsAreIgnored() {
		assertThat(ChatClient.create(this.model).prompt("What is coffee?").tools(new Object() {

			@Tool(description = "The time")
			String time() {
				return "noon";
			}

		}).call().content()).contains("(source: Coffee)");
	}

	private int score(String draft) {
		return Integer.parseInt(this.model.call("Score this draft from 0 to 10: " + draft + "\nBrief: nuclear fusion"));
	}

	private static String text(ChatResponse response) {
		return response.getResult().getOutput().getText();
	}

}
