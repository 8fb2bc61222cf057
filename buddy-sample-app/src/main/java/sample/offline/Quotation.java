package sample.offline;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Answers any request by quoting up to three passages about it, in the order in which the
 * documents have them. A follow-up that names no subject ("Tell me more") takes it from
 * an earlier question and leaves out what was quoted before.
 */
final class Quotation implements Skill {

	static final String NOTICE = "Offline model: no language model is connected, so this answer only quotes passages of the documents bundled with the sample.";

	private static final int PASSAGES = 3;

	private final PassageIndex index;

	Quotation(PassageIndex index) {
		this.index = index;
	}

	@Override
	public String answer(Request request) {
		List<Passage> passages = passages(request);
		if (passages.isEmpty()) {
			return NOTICE + "\n\nNo fitting passage was found in them. They are about: "
					+ String.join(", ", this.index.titles()) + ".";
		}
		return NOTICE + "\n\n" + passages.stream().map(Passage::quotation).collect(Collectors.joining("\n\n"));
	}

	/**
	 * Returns the passages to quote for a request.
	 */
	List<Passage> passages(Request request) {
		List<Passage> found;
		if (this.index.terms(withoutNotice(request.text())).isEmpty()) {
			found = request.earlier()
				.stream()
				.filter((question) -> !this.index.terms(question).isEmpty())
				.findFirst()
				.map(this.index::search)
				.orElse(List.of())
				.stream()
				.filter((passage) -> !passage.isQuotedIn(request.answered()))
				.toList();
		}
		else {
			found = this.index.search(withoutNotice(request.text()));
		}
		return found.stream().limit(PASSAGES).sorted(Comparator.comparingInt(this.index::position)).toList();
	}

	private static String withoutNotice(String text) {
		return text.replace(NOTICE, " ");
	}

}
