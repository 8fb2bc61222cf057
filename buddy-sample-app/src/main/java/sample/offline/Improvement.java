package sample.offline;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Answers prompts that hand over a draft to be improved: returns it with one more passage
 * about the brief, or unchanged when it has them all.
 */
final class Improvement implements Skill {

	private final PassageIndex index;

	Improvement(PassageIndex index) {
		this.index = index;
	}

	@Override
	public @Nullable String answer(Request request) {
		Request.Draft draft = request.draft();
		if (draft == null) {
			return null;
		}
		List<Passage> missing = missing(draft);
		return missing.isEmpty() ? draft.text() : (draft.text() + "\n\n" + missing.get(0).quotation()).strip();
	}

	/**
	 * Returns the passages about the brief that the draft does not quote yet.
	 */
	List<Passage> missing(Request.Draft draft) {
		return this.index.search(draft.brief())
			.stream()
			.limit(Scoring.ENOUGH_PASSAGES)
			.filter((passage) -> !passage.isQuotedIn(draft.text()))
			.toList();
	}

}
