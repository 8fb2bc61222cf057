package sample.offline;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers prompts that bring a JSON schema, as those of Spring AI's
 * {@code BeanOutputConverter} do, with JSON that fits it. Strings get the text of a
 * passage, or the title of its document where the property is called so; lists of strings
 * get sentences, lists of objects one object a passage, enumerations the label that fits
 * best. Numbers get the score from 0 to 10, unless the schema gives other limits, and
 * booleans whether the score is at least 7 tenths. Schemas are followed through
 * {@code $ref}, but keywords such as {@code format}, {@code pattern} and {@code anyOf}
 * are not looked at.
 */
final class SchemaAnswer implements Skill {

	private static final int LIST_SIZE = 5;

	private static final int DEPTH = 6;

	private static final double YES = 0.7;

	private static final Set<String> TITLES = Set.of("title", "titles", "topic", "topics", "subject", "source",
			"sources", "name", "document", "documents");

	private final JsonMapper mapper = JsonMapper.shared();

	private final Quotation quotation;

	private final Improvement improvement;

	private final Classification classification;

	private final Scoring scoring;

	SchemaAnswer(Quotation quotation, Improvement improvement, Classification classification, Scoring scoring) {
		this.quotation = quotation;
		this.improvement = improvement;
		this.classification = classification;
		this.scoring = scoring;
	}

	@Override
	public @Nullable String answer(Request request) {
		if (request.schema() == null) {
			return null;
		}
		JsonNode schema = this.mapper.readTree(request.schema());
		Request.Draft draft = request.draft();
		List<Passage> passages = (draft != null) ? this.improvement.missing(draft) : this.quotation.passages(request);
		return new Walk(schema, request.text(), this.scoring.score(request)).value(schema, "", passages, 0).toString();
	}

	private static List<String> sentences(List<Passage> passages) {
		List<String> sentences = new ArrayList<>();
		for (Passage passage : passages) {
			BreakIterator borders = BreakIterator.getSentenceInstance(Locale.ENGLISH);
			borders.setText(passage.text());
			int start = borders.first();
			for (int end = borders.next(); end != BreakIterator.DONE; end = borders.next()) {
				sentences.add(passage.text().substring(start, end).strip());
				start = end;
			}
		}
		return sentences.stream().limit(LIST_SIZE).toList();
	}

	/**
	 * One walk down a schema.
	 */
	private final class Walk {

		private final JsonNodeFactory nodes = JsonNodeFactory.instance;

		private final JsonNode root;

		private final String question;

		private final double score;

		/** How many strings were filled, so that each takes another passage. */
		private int strings;

		Walk(JsonNode root, String question, double score) {
			this.root = root;
			this.question = question;
			this.score = score;
		}

		JsonNode value(JsonNode given, String property, List<Passage> passages, int depth) {
			JsonNode schema = resolve(given);
			return switch ((depth < DEPTH) ? type(schema) : "null") {
				case "object" -> object(schema, passages, depth);
				case "array" -> array(schema, property, passages, depth);
				case "string" -> this.nodes.stringNode(string(schema, property, passages));
				case "integer" -> this.nodes.numberNode((long) number(schema));
				case "number" -> this.nodes.numberNode(number(schema));
				case "boolean" -> this.nodes.booleanNode(this.score >= YES);
				default -> this.nodes.nullNode();
			};
		}

		private JsonNode resolve(JsonNode schema) {
			String reference = schema.path("$ref").asString("");
			return reference.startsWith("#") ? this.root.at(reference.substring(1)) : schema;
		}

		/** Of several types, as in {@code ["string", "null"]}, the first counts. */
		private String type(JsonNode schema) {
			JsonNode type = schema.path("type");
			return (type.isArray() ? type.path(0) : type).asString("null");
		}

		private JsonNode object(JsonNode schema, List<Passage> passages, int depth) {
			ObjectNode object = this.nodes.objectNode();
			schema.path("properties")
				.properties()
				.forEach((property) -> object.set(property.getKey(),
						value(property.getValue(), property.getKey(), passages, depth + 1)));
			return object;
		}

		private JsonNode array(JsonNode schema, String property, List<Passage> passages, int depth) {
			ArrayNode array = this.nodes.arrayNode();
			JsonNode items = resolve(schema.path("items"));
			if (type(items).equals("string") && !items.has("enum")) {
				List<String> strings = isTitle(property) ? passages.stream().map(Passage::title).distinct().toList()
						: sentences(passages);
				strings.forEach(array::add);
			}
			else {
				passages.forEach((passage) -> array.add(value(items, property, List.of(passage), depth + 1)));
			}
			return array;
		}

		private String string(JsonNode schema, String property, List<Passage> passages) {
			if (schema.has("enum")) {
				List<String> labels = schema.path("enum").valueStream().map((label) -> label.asString("")).toList();
				return SchemaAnswer.this.classification.choose(this.question, labels);
			}
			if (passages.isEmpty()) {
				return "No fitting passage was found in the documents bundled with the sample.";
			}
			if (isTitle(property)) {
				return passages.get(0).title();
			}
			return passages.get(this.strings++ % passages.size()).text();
		}

		private double number(JsonNode schema) {
			double least = schema.path("minimum").asDouble(0);
			double most = schema.path("maximum").asDouble(Math.max(10, least));
			return least + this.score * (most - least);
		}

		private boolean isTitle(String property) {
			return TITLES.contains(property.toLowerCase(Locale.ROOT));
		}

	}

}
