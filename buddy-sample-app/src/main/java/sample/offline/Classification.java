package sample.offline;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Answers prompts that list labels ("one of: billing, shipping, other") and ask for one
 * word or only the label. Both the question and each label are searched; the label wins
 * whose documents also answer the question best. When none does, the answer is
 * {@code other} if that is a label, and the last label if not.
 */
final class Classification implements Skill {

	private static final Pattern LABELS = Pattern
		.compile("(?i)[^.:?!\\n]*\\bone of(?: (?:these|the following))?(?: \\w+)?\\s*:\\s*([^.\\n]+)[.\\n]?");

	private static final Pattern ONE_WORD = Pattern.compile(
			"(?i)\\b(?:answer|reply|respond)\\b[^.:?!\\n]*\\b(?:(?:one|a single) word|(?:only|just) the (?:label|category))\\b[^.:?!\\n]*[.:!]?");

	private static final Set<String> CATCH_ALL = Set.of("other", "others", "none", "unknown", "general");

	/** What a hit that is not on the subject must cover of the question to count. */
	private static final double LEAST_COVERAGE = 0.15;

	private final PassageIndex index;

	Classification(PassageIndex index) {
		this.index = index;
	}

	@Override
	public @Nullable String answer(Request request) {
		Matcher labels = LABELS.matcher(request.whole());
		if (!labels.find() || !ONE_WORD.matcher(request.whole()).find()) {
			return null;
		}
		String question = ONE_WORD.matcher(LABELS.matcher(request.text()).replaceAll(" ")).replaceAll(" ");
		return choose(question, split(labels.group(1)));
	}

	/**
	 * Returns the label that fits a text best.
	 */
	String choose(String text, List<String> labels) {
		List<PassageIndex.Hit> hits = PassageIndex.nearBest(this.index.rank(text)
			.stream()
			.filter((hit) -> hit.onSubject() || hit.coverage() >= LEAST_COVERAGE)
			.toList());
		String best = fallback(labels);
		double bestScore = 0;
		for (String label : labels) {
			Set<String> titles = titles(label);
			double score = hits.stream()
				.filter((hit) -> titles.contains(hit.passage().title()))
				.mapToDouble(PassageIndex.Hit::score)
				.sum();
			if (score > bestScore) {
				best = label;
				bestScore = score;
			}
		}
		return best;
	}

	private Set<String> titles(String label) {
		String words = label.replace('_', ' ').toLowerCase(Locale.ROOT);
		return this.index.search(words).stream().map(Passage::title).collect(Collectors.toSet());
	}

	private static String fallback(List<String> labels) {
		return labels.stream()
			.filter((label) -> CATCH_ALL.contains(label.toLowerCase(Locale.ROOT)))
			.findFirst()
			.orElse(labels.get(labels.size() - 1));
	}

	private static List<String> split(String labels) {
		return Arrays.stream(labels.split("[,;/|]|\\b(?:or|and)\\b"))
			.map((label) -> label.replaceAll("[^\\p{L}\\p{N}_ -]", "").strip())
			.filter((label) -> !label.isEmpty())
			.toList();
	}

}
