package sample.offline;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Answers prompts such as "Score this draft from 0 to 10" with a number. A draft is
 * judged by what it covers: three tenths for the words of the brief that it has, seven
 * tenths for the passages on the brief that it quotes. Style and truth are not judged.
 */
final class Scoring implements Skill {

	/** A draft need not quote more passages than this. */
	static final int ENOUGH_PASSAGES = 6;

	private static final Pattern SCALE = Pattern
		.compile("(?i)\\b(?:score|rate|grade)\\b[^.?!\\n]*?\\b([01])\\s*(?:to|and|-)\\s*(5|10|100)\\b");

	private final PassageIndex index;

	Scoring(PassageIndex index) {
		this.index = index;
	}

	@Override
	public @Nullable String answer(Request request) {
		Matcher scale = SCALE.matcher(request.whole());
		if (!scale.find()) {
			return null;
		}
		int least = Integer.parseInt(scale.group(1));
		int most = Integer.parseInt(scale.group(2));
		return String.valueOf((int) (least + score(request) * (most - least)));
	}

	/**
	 * Returns, from 0 to 1, how well the draft in the request covers its brief or,
	 * without a draft, how many of the request's words the best passage has.
	 */
	double score(Request request) {
		Request.Draft draft = request.draft();
		if (draft != null) {
			return 0.3 * words(draft) + 0.7 * passages(draft);
		}
		return this.index.rank(request.text()).stream().mapToDouble(PassageIndex.Hit::coverage).max().orElse(0);
	}

	private double words(Request.Draft draft) {
		Set<String> wanted = this.index.knownTerms(draft.brief());
		Set<String> present = this.index.terms(draft.text());
		return share(wanted.stream().filter(present::contains).count(), wanted.size());
	}

	private double passages(Request.Draft draft) {
		List<Passage> wanted = this.index.search(draft.brief()).stream().limit(ENOUGH_PASSAGES).toList();
		return share(wanted.stream().filter((passage) -> passage.isQuotedIn(draft.text())).count(), wanted.size());
	}

	private static double share(long part, int all) {
		return (all != 0) ? (double) part / all : 0;
	}

}
