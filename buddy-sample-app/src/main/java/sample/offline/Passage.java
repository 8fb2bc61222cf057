package sample.offline;

import java.util.ArrayList;
import java.util.List;

/**
 * One paragraph of a bundled document.
 *
 * @param title the title of the document
 * @param text the paragraph, word for word, on one line
 */
record Passage(String title, String text) {

	/**
	 * Splits a document into its passages.
	 * @param document Markdown whose first paragraph is {@code # Title}
	 * @return the paragraphs after the title, in order
	 */
	static List<Passage> of(String document) {
		String[] paragraphs = document.strip().split("\\R\\s*\\R");
		if (!paragraphs[0].startsWith("# ")) {
			throw new IllegalArgumentException("A document must begin with '# Title', not with: " + paragraphs[0]);
		}
		String title = paragraphs[0].substring(2).strip();
		List<Passage> passages = new ArrayList<>();
		for (int i = 1; i < paragraphs.length; i++) {
			passages.add(new Passage(title, paragraphs[i].replaceAll("\\s+", " ")));
		}
		return passages;
	}

	boolean isQuotedIn(String draft) {
		return draft.replaceAll("\\s+", " ").contains(this.text);
	}

	String quotation() {
		return "> " + this.text + "\n> (source: " + this.title + ")";
	}

}
