package buddy.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.core.ParameterizedTypeReference;
import tools.jackson.core.JacksonException;

/**
 * The type of an agent's answers: the instructions for the model, and the parser of its
 * answers.
 */
final class AnswerFormat {

	/** The answer follows the last such tag, even if the opening tag is missing. */
	private static final Pattern END_OF_THOUGHT = Pattern.compile("</(?:think|thinking|reasoning|thought)>");

	private static final Pattern FENCED = Pattern.compile("```[a-zA-Z]*\\s(.*?)```", Pattern.DOTALL);

	private final String typeName;

	private final BeanOutputConverter<?> converter;

	private AnswerFormat(String typeName, BeanOutputConverter<?> converter) {
		this.typeName = typeName;
		this.converter = converter;
	}

	static AnswerFormat of(Class<?> type) {
		return new AnswerFormat(type.getSimpleName(), new BeanOutputConverter<>(type));
	}

	static AnswerFormat of(ParameterizedTypeReference<?> type) {
		return new AnswerFormat(type.getType().getTypeName(), new BeanOutputConverter<>(type));
	}

	String instructions() {
		return this.converter.getFormat();
	}

	/** Returns the message to the model about an answer that cannot be read. */
	String correction(AgentAnswerException problem) {
		Throwable cause = problem.getCause();
		String why = (cause instanceof JacksonException jackson) ? " (" + jackson.getOriginalMessage() + ")" : "";
		return "That answer could not be read as the JSON that was asked for" + why
				+ ". Answer again, with exactly one JSON value that keeps to the schema, and nothing else.";
	}

	/**
	 * Reads an answer.
	 * @param agentName the name of the agent
	 * @param answer the model's answer, which may have prose around one JSON value
	 * @param finishReason why the model stopped, or {@code null}
	 * @throws AgentAnswerException if there is no such value, or more than one
	 */
	Object read(String agentName, @Nullable String answer, @Nullable String finishReason) {
		if (answer == null || answer.isBlank()) {
			throw mismatch(agentName, answer, finishReason, null);
		}
		RuntimeException failure;
		try {
			return convert(answer);
		}
		catch (JacksonException | IllegalArgumentException ex) {
			failure = ex;
		}
		List<Object> fitting = new ArrayList<>();
		for (String candidate : candidates(answer)) {
			try {
				Object value = convert(candidate);
				if (!fitting.contains(value)) {
					fitting.add(value);
				}
			}
			catch (JacksonException | IllegalArgumentException ex) {
				failure = ex;
			}
		}
		if (fitting.size() > 1) {
			throw new AgentAnswerException(agentName, this.typeName, answer, finishReason, "it holds " + fitting.size()
					+ " different JSON values of that type, so it is not clear which one is meant", null);
		}
		if (fitting.isEmpty()) {
			throw mismatch(agentName, answer, finishReason, failure);
		}
		return fitting.get(0);
	}

	private static List<String> candidates(String answer) {
		String said = answer;
		Matcher thought = END_OF_THOUGHT.matcher(answer);
		while (thought.find()) {
			said = answer.substring(thought.end());
		}
		List<String> candidates = new ArrayList<>(JsonInText.values(said));
		if (candidates.isEmpty() && said.indexOf('{') < 0 && said.indexOf('[') < 0) {
			candidates.add(said);
			FENCED.matcher(said).results().map((fenced) -> fenced.group(1)).forEach(candidates::add);
		}
		return candidates;
	}

	private Object convert(String json) {
		Object value = this.converter.convert(json.strip());
		if (value == null) {
			throw new IllegalArgumentException("The answer is null");
		}
		return value;
	}

	private AgentAnswerException mismatch(String agentName, @Nullable String answer, @Nullable String finishReason,
			@Nullable RuntimeException cause) {
		String problem = FinishReasons.problem(finishReason);
		return (problem != null)
				? new AgentAnswerException(agentName, this.typeName, answer, finishReason, problem, cause)
				: new AgentAnswerException(agentName, this.typeName, answer, cause);
	}

}
