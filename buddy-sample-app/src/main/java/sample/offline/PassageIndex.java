package sample.offline;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;

/**
 * Full-text search over passages: an in-memory Lucene index with English stemming and
 * BM25 ranking in which a word of the title counts three times. Safe for use by several
 * threads.
 */
final class PassageIndex implements AutoCloseable {

	private static final float TITLE_BOOST = 3;

	/** Two clauses a term; Lucene allows 1,024 of them in a query. */
	private static final int MAX_TERMS = 400;

	/** A hit whose score is below this share of the best one is left out. */
	private static final double SCORE_SHARE = 0.5;

	private static final Pattern KEY_FACTS = Pattern
		.compile("(?i)\\bkey (facts?|points?|ideas?|findings?|takeaways?)\\b");

	/** Words that say what to do with a subject, or how, and not what the subject is. */
	private static final String INSTRUCTION_WORDS = """
			about above according across add after again all also am an and answer answers any article based before below
			best between both brief briefly briefs bullet bullets can cannot categories category classify compare concise
			could define describe detail details detailed did difference discuss do does doing don't draft drafts during
			each elaborate else essay every exactly example examples explain explanation fact facts few find five following
			four from further get give given go good has have hello help hi how i i'd i'm i've improve information into
			introduction it's its just kindly know label learn let let's like list long look many may me might more most
			much must my need new now off offline ok one only order other our out outline over own paragraph paragraphs
			passage passages please point points previous provide question questions quote quotes rate read reply report
			research respond response same say score sentence sentences shall short should show so some source sources
			step subject such summaries summarise summarize summary sure task tell text thank thanks them then think three
			today too topic topics two under up us use user using very want was way we well were what what's when where
			which while who whom whose why within without word words work working works would write writing yes you your
			""";

	private final Analyzer passageAnalyzer = new EnglishAnalyzer();

	private final Analyzer questionAnalyzer;

	private final List<Entry> entries;

	private final DirectoryReader reader;

	private final IndexSearcher searcher;

	PassageIndex(List<Passage> passages) {
		CharArraySet stopWords = new CharArraySet(List.of(INSTRUCTION_WORDS.split("\\s+")), true);
		stopWords.addAll(EnglishAnalyzer.getDefaultStopSet());
		this.questionAnalyzer = new EnglishAnalyzer(stopWords);
		this.entries = entries(passages);
		try {
			this.reader = write(passages);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.searcher = new IndexSearcher(this.reader);
	}

	private DirectoryReader write(List<Passage> passages) throws IOException {
		ByteBuffersDirectory directory = new ByteBuffersDirectory();
		try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(this.passageAnalyzer))) {
			for (Passage passage : passages) {
				Document document = new Document();
				document.add(new TextField("title", passage.title(), Field.Store.NO));
				document.add(new TextField("text", passage.text(), Field.Store.NO));
				writer.addDocument(document);
			}
			// one segment, so that a document's number is its position in the list
			writer.forceMerge(1);
		}
		return DirectoryReader.open(directory);
	}

	private List<Entry> entries(List<Passage> passages) {
		Map<String, Map<String, Integer>> counts = new HashMap<>();
		for (Passage passage : passages) {
			for (String term : terms(this.passageAnalyzer, passage.text())) {
				counts.computeIfAbsent(term, (any) -> new HashMap<>()).merge(passage.title(), 1, Integer::sum);
			}
		}
		List<Entry> entries = new ArrayList<>();
		for (Passage passage : passages) {
			Set<String> text = terms(this.passageAnalyzer, passage.text());
			Set<String> title = terms(this.passageAnalyzer, passage.title());
			Set<String> subjects = new HashSet<>(title);
			text.stream()
				.filter((term) -> isSubject(counts.getOrDefault(term, Map.of()), passage.title()))
				.forEach(subjects::add);
			text.addAll(title);
			entries.add(new Entry(passage, text, subjects));
		}
		return entries;
	}

	/**
	 * A word is a subject of a document that uses it in several passages while few other
	 * documents use it.
	 */
	private static boolean isSubject(Map<String, Integer> passagesByTitle, String title) {
		return passagesByTitle.size() <= 2 && passagesByTitle.getOrDefault(title, 0) >= 2;
	}

	/**
	 * Returns the stems of the words that say what a text is about.
	 */
	Set<String> terms(String text) {
		return terms(this.questionAnalyzer, KEY_FACTS.matcher(text).replaceAll(" "));
	}

	/**
	 * Returns the stems of a text that also occur in the passages.
	 */
	Set<String> knownTerms(String text) {
		Set<String> terms = terms(text);
		terms.removeIf((term) -> this.entries.stream().noneMatch((entry) -> entry.contains(term)));
		return terms;
	}

	/**
	 * Returns all passages that share a word with the text, the best first.
	 */
	List<Hit> rank(String text) {
		Set<String> terms = terms(text);
		BooleanQuery.Builder query = new BooleanQuery.Builder();
		terms.stream().limit(MAX_TERMS).forEach((term) -> {
			query.add(new TermQuery(new Term("text", term)), BooleanClause.Occur.SHOULD);
			query.add(new BoostQuery(new TermQuery(new Term("title", term)), TITLE_BOOST), BooleanClause.Occur.SHOULD);
		});
		try {
			List<Hit> hits = new ArrayList<>();
			for (ScoreDoc found : this.searcher.search(query.build(), Math.max(1, this.entries.size())).scoreDocs) {
				Entry entry = this.entries.get(found.doc);
				hits.add(new Hit(entry.passage(), found.score, entry.isAbout(terms), coverage(entry, terms)));
			}
			return hits;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the passages that are about the text, the best first.
	 */
	List<Passage> search(String text) {
		List<Hit> hits = rank(text).stream().filter(Hit::isRelevant).toList();
		return nearBest(hits).stream().map(Hit::passage).toList();
	}

	/**
	 * Keeps the hits whose score comes near that of the best one.
	 */
	static List<Hit> nearBest(List<Hit> hits) {
		return hits.stream().filter((hit) -> hit.score() >= hits.get(0).score() * SCORE_SHARE).toList();
	}

	List<String> titles() {
		return this.entries.stream().map((entry) -> entry.passage().title()).distinct().toList();
	}

	/**
	 * Returns the position of a passage among all passages.
	 */
	int position(Passage passage) {
		return this.entries.stream().map(Entry::passage).toList().indexOf(passage);
	}

	@Override
	public void close() throws IOException {
		this.reader.close();
		this.questionAnalyzer.close();
		this.passageAnalyzer.close();
	}

	private double coverage(Entry entry, Set<String> terms) {
		double all = terms.stream().mapToDouble(this::weight).sum();
		return terms.stream().filter(entry::contains).mapToDouble(this::weight).sum() / all;
	}

	/** Rare words weigh more than frequent ones; this is BM25's formula. */
	private double weight(String term) {
		long count = this.entries.stream().filter((entry) -> entry.contains(term)).count();
		return Math.log(1 + (this.entries.size() - count + 0.5) / (count + 0.5));
	}

	private static Set<String> terms(Analyzer analyzer, String text) {
		Set<String> terms = new LinkedHashSet<>();
		try (TokenStream tokens = analyzer.tokenStream("text", new StringReader(text))) {
			CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
			tokens.reset();
			while (tokens.incrementToken()) {
				terms.add(term.toString());
			}
			tokens.end();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return terms;
	}

	/**
	 * A passage with the stems of its text and title, and those of them that say what it
	 * is about.
	 */
	private record Entry(Passage passage, Set<String> terms, Set<String> subjects) {

		boolean contains(String term) {
			return this.terms.contains(term);
		}

		boolean isAbout(Set<String> terms) {
			return terms.stream().anyMatch(this.subjects::contains);
		}

	}

	/**
	 * A passage found.
	 *
	 * @param passage the passage
	 * @param score BM25's score, comparable within one search only
	 * @param onSubject whether one of the words searched is a subject of the passage: a
	 * word of the title, or one that its document uses repeatedly and hardly any other
	 * does
	 * @param coverage the share, from 0 to 1, of the words searched that the passage has,
	 * each by its weight
	 */
	record Hit(Passage passage, float score, boolean onSubject, double coverage) {

		private static final double LEAST_COVERAGE = 0.55;

		boolean isRelevant() {
			return this.onSubject || this.coverage >= LEAST_COVERAGE;
		}

	}

}
