package sample.offline;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;

class SchemaAnswerTests {

	private final PassageIndex index = OfflineModelFixture.INDEX;

	private final ChatClient client = ChatClient.create(OfflineModelFixture.MODEL);

	@Test
	void recordIsFilledFromThePassages() {
		Article article = this.client.prompt("Write about black holes.").call().entity(Article.class);
		assertThat(article.title()).isEqualTo("Black holes");
		assertThat(this.index.search("black holes")).extracting(Passage::text).contains(article.text());
		assertThat(article.points()).hasSize(5).allMatch((point) -> point.endsWith("."));
		assertThat(article.quotes()).hasSize(3).allMatch((quote) -> quote.source().equals("Black holes"));
		assertThat(article.quotes()).extracting(Quote::text).doesNotHaveDuplicates();
		assertThat(article.quality()).isBetween(0.0, 10.0);
	}

	@Test
	void listIsFilledFromThePassages() {
		List<String> points = this.client.prompt("List facts about tea.")
			.call()
			.entity(new ParameterizedTypeReference<List<String>>() {
			});
		assertThat(points).isNotEmpty();
	}

	@Test
	void draftIsReviewedByWhatItCovers() {
		Review poor = review("Coffee is black.");
		assertThat(poor.done()).isFalse();
		assertThat(this.index.search("coffee")).extracting(Passage::text).contains(poor.feedback());
		String all = String.join("\n", this.index.search("coffee").stream().map(Passage::text).toList());
		Review good = review("Coffee is black.\n" + all);
		assertThat(good.score()).isEqualTo(10).isGreaterThan(poor.score());
		assertThat(good.done()).isTrue();
		assertThat(good.feedback()).startsWith("No fitting passage");
	}

	@Test
	void enumerationGetsTheLabelThatFitsBest() {
		assertThat(ticket("Where is my parcel?").category()).isEqualTo(Category.SHIPPING);
		assertThat(ticket("Tell me a joke about penguins").category()).isEqualTo(Category.OTHER);
	}

	@Test
	void unknownSubjectGivesEmptyListsAndSaysSoInStrings() {
		Article article = this.client.prompt("Write about Mongolia.").call().entity(Article.class);
		assertThat(article.text()).startsWith("No fitting passage");
		assertThat(article.points()).isEmpty();
		assertThat(article.quality()).isZero();
	}

	private Review review(String draft) {
		return this.client.prompt("Score this draft from 0 to 10.\nBrief: coffee\nDraft: " + draft)
			.call()
			.entity(Review.class);
	}

	private Ticket ticket(String question) {
		return this.client.prompt("Sort this question: " + question).call().entity(Ticket.class);
	}

	record Quote(String source, String text) {
	}

	record Article(String title, String text, List<String> points, List<Quote> quotes, double quality) {
	}

	record Review(int score, String feedback, boolean done) {
	}

	record Ticket(Category category) {
	}

	enum Category {

		BILLING, SHIPPING, ACCOUNT, OTHER

	}

}
