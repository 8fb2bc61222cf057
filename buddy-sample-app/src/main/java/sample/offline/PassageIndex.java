package sample.offline;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
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

	private final List<Entry> entries = new ArrayList<>();

	private final DirectoryReader reader;

	private final IndexSearcher searcher;

	PassageIndex(Collection<Passage> passages) {
		CharArraySet stopWords = new CharArraySet(List.of(INSTRUCTION_WORDS.split("\\s+")), true);
		stopWords.addAll(EnglishAnalyzer.getDefaultStopSet());
		this.questionAnalyzer = new EnglishAnalyzer(stopWords);
		try {
			ByteBuffersDirectory directory = new ByteBuffersDirectory();
			try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(this.passageAnalyzer))) {
				for (Passage passage : passages) {
					Document document = new Document();
					document.add(new TextField("title", passage.title(), Field.Store.NO));
					document.add(new TextField("text", passage.text(), Field.Store.NO));
					writer.addDocument(document);
					this.entries.add(new Entry(passage, terms(this.passageAnalyzer, passage.title()),
							terms(this.passageAnalyzer, passage.text())));
				}
				// one segment, so that a document's number is its position in the list
				writer.forceMerge(1);
			}
			this.reader = DirectoryReader.open(directory);
			this.searcher = new IndexSearcher(this.reader);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
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
				hits.add(new Hit(entry.passage(), found.score, entry.isTitledWith(terms), coverage(entry, terms)));
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

	private record Entry(Passage passage, Set<String> titleTerms, Set<String> textTerms) {

		boolean contains(String term) {
			return this.titleTerms.contains(term) || this.textTerms.contains(term);
		}

		boolean isTitledWith(Set<String> terms) {
			return terms.stream().anyMatch(this.titleTerms::contains);
		}

	}

	/**
	 * A passage found.
	 *
	 * @param passage the passage
	 * @param score BM25's score, comparable within one search only
	 * @param titled whether the title of its document has one of the words searched
	 * @param coverage the share, from 0 to 1, of the words searched that the passage has,
	 * each by its weight
	 */
	record Hit(Passage passage, float score, boolean titled, double coverage) {

		private static final double LEAST_COVERAGE = 0.5;

		boolean isRelevant() {
			return this.titled || this.coverage >= LEAST_COVERAGE;
		}

	}

}
