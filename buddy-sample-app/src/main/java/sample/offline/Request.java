package sample.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.prompt.Prompt;

/**
 * What a prompt asks for, taken apart.
 *
 * @param instructions the system messages
 * @param text the last user message, without a JSON schema
 * @param earlier the user messages before it, the latest first
 * @param answered the answers given so far in the conversation
 * @param schema the JSON schema that the answer has to fit, if one was given
 */
record Request(String instructions, String text, List<String> earlier, String answered, @Nullable String schema) {

	/** This model reads no more of a message, as every model has its limit. */
	private static final int MOST_CHARACTERS = 20_000;

	private static final Pattern SCHEMA = Pattern.compile(
			"(?is)(?:your response should be in JSON.*?)?\\bJSON schema\\b[^`]*```(?:json)?\\s*(\\{.*?\\})\\s*```");

	private static final Pattern SECTION = Pattern
		.compile("(?i)(?<draft>\\b(?:improve|extend|refine|revise|rewrite|review|score|rate|grade) (?:this|the) "
				+ "(?:draft|text|summary|answer)\\b[^:.\\n]{0,40}"
				+ "|(?<=^|[.!?\\n]\\s{0,3})(?:(?:the|current|previous|last) )?draft)"
				+ "\\s*:|\\b(?:(?<brief>brief|topic)|feedback)\\s*:");

	static Request of(Prompt prompt) {
		String instructions = join(prompt, MessageType.SYSTEM);
		List<String> questions = new ArrayList<>();
		for (Message message : prompt.getInstructions()) {
			if (message.getMessageType() == MessageType.USER) {
				questions.add(0, text(message));
			}
		}
		String text = questions.isEmpty() ? "" : questions.remove(0);
		Matcher schema = SCHEMA.matcher(text);
		if (schema.find()) {
			return new Request(instructions, schema.replaceFirst(" "), questions, join(prompt, MessageType.ASSISTANT),
					schema.group(1));
		}
		schema = SCHEMA.matcher(instructions);
		return new Request(instructions, text, questions, join(prompt, MessageType.ASSISTANT),
				schema.find() ? schema.group(1) : null);
	}

	/**
	 * Returns instructions and text together.
	 */
	String whole() {
		return this.instructions + "\n" + this.text;
	}

	/**
	 * Returns the draft that the text hands over, if any: what follows {@code Draft:} (or
	 * {@code Improve this draft:} and the like), and what follows {@code Brief:} or
	 * {@code Topic:}. Without a brief, the draft is its own.
	 */
	@Nullable Draft draft() {
		String draft = null;
		String brief = null;
		Matcher section = SECTION.matcher(this.text);
		boolean found = section.find();
		while (found) {
			boolean isDraft = section.group("draft") != null;
			boolean isBrief = section.group("brief") != null;
			int start = section.end();
			found = section.find();
			String content = this.text.substring(start, found ? section.start() : this.text.length()).strip();
			draft = (isDraft && draft == null) ? content : draft;
			brief = (isBrief && brief == null) ? content : brief;
		}
		return (draft != null) ? new Draft(draft, (brief != null) ? brief : draft) : null;
	}

	private static String join(Prompt prompt, MessageType type) {
		return String.join("\n",
				prompt.getInstructions()
					.stream()
					.filter((message) -> message.getMessageType() == type)
					.map(Request::text)
					.toList());
	}

	private static String text(Message message) {
		String text = message.getText();
		return (text != null) ? text.substring(0, Math.min(text.length(), MOST_CHARACTERS)) : "";
	}

	/**
	 * A draft and what it should be about.
	 */
	record Draft(String text, String brief) {
	}

}
