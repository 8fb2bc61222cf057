package sample.offline;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PassageIndexTests {

	private final PassageIndex index = OfflineModelFixture.INDEX;

	@Test
	void bundledDocumentsHaveFourToSevenPassagesEach() {
		assertThat(this.index.titles()).hasSize(28).doesNotHaveDuplicates();
		for (String title : this.index.titles()) {
			assertThat(this.index.rank(title).stream().filter((hit) -> hit.passage().title().equals(title))).as(title)
				.hasSizeBetween(4, 7);
		}
	}

	@Test
	void instructionWordsAreNoTerms() {
		assertThat(this.index.terms("Please tell me the key facts about fusion.")).containsExactly("fusion");
	}

	@Test
	void wordFormsAreMatchedByTheirStem() {
		assertThat(this.index.search("vaccinating")).extracting(Passage::title).containsOnly("Vaccines");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Find key facts about fusion.                     | Nuclear fusion
			nuclear fusion                                   | Nuclear fusion
			What is nuclear fission?                         | Nuclear fission
			How do plants make oxygen?                       | Photosynthesis
			What happens at the event horizon?               | Black holes
			Is the climate getting warmer?                   | Climate change
			How do solar panels work?                        | Renewable energy
			Why do lithium-ion batteries age?                | Batteries
			How far can an electric car drive?               | Electric cars
			What is optimistic locking?                      | Database transactions
			Explain the vacuum process in PostgreSQL         | PostgreSQL
			What does auto-configuration do in Spring Boot?  | Spring Boot
			What is thread pinning?                          | Java virtual threads
			What is retrieval-augmented generation?          | Large language models
			How do agents use tools?                         | AI agents
			What is a saga?                                  | Workflow engines
			Why must durable code be deterministic?          | Durable execution
			Which status code means not found?               | HTTP
			Can I send goods back?                           | Refunds and returns
			I was charged twice                              | Billing and invoices
			I forgot my password                             | Account and password
			Where is my parcel?                              | Shipping and delivery
			How is espresso made?                            | Coffee
			Who was emperor Augustus?                        | The Roman Empire
			Who invented movable type?                       | The printing press
			How much caffeine has green tea?                 | Tea
			What is the Gulf Stream?                         | Ocean currents
			What is a foreign key?                           | Relational databases
			""")
	void bestPassageIsOfTheExpectedDocument(String question, String title) {
		List<Passage> passages = this.index.search(question);
		assertThat(passages).isNotEmpty();
		assertThat(passages.get(0).title()).isEqualTo(title);
	}

	@ParameterizedTest
	@ValueSource(strings = { "What is the capital of Mongolia?", "quantum computing", "xyzzy" })
	void questionOfWhichOnlyAPassingWordIsKnownFindsNothing(String question) {
		assertThat(this.index.search(question)).isEmpty();
	}

	@Test
	void wordThatADocumentRepeatsIsASubjectOfIt() {
		assertThat(this.index.search("Research the impact of caffeine on sleep")).extracting(Passage::title)
			.containsOnly("Coffee");
	}

	@Test
	void emptyQuestionFindsNothing() {
		assertThat(this.index.search("")).isEmpty();
	}

	@Test
	void longTextIsSearchedToo() {
		String text = String.join(" ", this.index.search("fusion").stream().map(Passage::text).toList());
		assertThat(this.index.search(text.repeat(20))).extracting(Passage::title).contains("Nuclear fusion");
	}

}
