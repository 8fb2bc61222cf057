package sample.offline;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PassageTests {

	@Test
	void documentIsSplitIntoItsParagraphs() {
		List<Passage> passages = Passage.of("# Moss\n\nIt is\ngreen.\n\nIt is soft.\n");
		assertThat(passages).containsExactly(new Passage("Moss", "It is green."), new Passage("Moss", "It is soft."));
	}

	@Test
	void documentWithoutTitleIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Passage.of("It is green."))
			.withMessageContaining("# Title");
	}

	@Test
	void passageIsRecognisedInDraftWithOtherLineBreaks() {
		assertThat(new Passage("Moss", "It is green.").isQuotedIn("Well:\nIt is\n green. Indeed.")).isTrue();
	}

}
